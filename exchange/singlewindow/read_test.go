package singlewindow

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// samples calls test for every message of testdata.
func samples(t *testing.T, test func(t *testing.T, name string, data []byte)) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.xml"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d samples: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(file), func(t *testing.T) { test(t, strings.TrimSuffix(file, ".xml"), data) })
	}
}

func sample(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestSamples holds what is read from every sample to the JSON beside it: kind, document, envelope, and what was told.
func TestSamples(t *testing.T) {
	samples(t, func(t *testing.T, name string, data []byte) {
		m, problems, err := readAny(data)
		var checked []errs.Problem
		if err == nil {
			checked = exchange.Check(m)
		}
		got, jsonErr := json.Marshal(struct {
			Outcome  exchange.Outcome  `json:"outcome,omitempty"`
			Kind     exchange.Kind     `json:"kind,omitempty"`
			Document any               `json:"document,omitempty"`
			Envelope exchange.Envelope `json:"envelope,omitzero"`
			Told     []string          `json:"told,omitempty"`
			Checked  []string          `json:"checked,omitempty"`
		}{exchange.OutcomeOf(err), m.Kind, m.Document, m.Envelope, told(append(problems, errs.Problems(err)...)), told(checked)},
			json.Deterministic(true), jsontext.WithIndent("\t"))
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		got = append(got, '\n')
		if os.Getenv("GUOMEN_WRITE") != "" {
			if err := os.WriteFile(name+".json", got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	})
}

// changed is a sample with one thing in it changed.
func changed(t *testing.T, name, old, new string) string {
	t.Helper()
	data := sample(t, name)
	if !strings.Contains(data, old) {
		t.Fatalf("%s has no %q", name, old)
	}
	return strings.Replace(data, old, new, 1)
}

// TestBroken: every message that cannot be read is refused with where and why.
func TestBroken(t *testing.T) {
	for _, test := range []struct {
		name, data string
		outcome    exchange.Outcome
		want       string // what is told among others
	}{
		{"mass", changed(t, "MT1401", `unitCode="TNE">100<`, `unitCode="TNE">much<`), exchange.Unreadable, "Declaration/Consignment[1]/GovernmentAgencyGoodsItem/GoodsMeasure/GrossMassMeasure:32 decimal.format [much]"},
		{"half a package", changed(t, "MT1401", `unitCode="VR">1<`, `unitCode="VR">1.5<`), exchange.Unreadable, "Declaration/Consignment[1]/TotalPackageQuantity:19 xml.number [1.5]"},
		{"time", changed(t, "MT1401", "20261122101500", "20261322101500"), exchange.Unreadable, "Declaration/UnloadingLocation/ArrivalDateTime:48 singlewindow.time [20261322101500]"},
		{"cut", sample(t, "MT1401")[:strings.Index(sample(t, "MT1401"), "<Carrier>")+len("<Carrier>")], exchange.Unreadable, "Declaration/Carrier:17 xml.unclosed [Carrier]"},
		{"two tariff codes", changed(t, "MT1401", "<Classification><ID>2701121000</ID></Classification>", "<Classification><ID>2701121000</ID></Classification><Classification><ID>27011210</ID></Classification>"), exchange.Unreadable, "Declaration/Consignment[1]/ConsignmentItem[1]/Commodity/Classification:26 xml.repeated [Classification]"},
		{"another message in the head", changed(t, "MT1401", "<MessageType>MT1401", "<MessageType>MT2401"), exchange.Unreadable, "Declaration:12 singlewindow.types [MT1401 MT2401]"},
		{"message by sea", strings.ReplaceAll(sample(t, "MT1401"), "MT1401", "MT1101"), exchange.Unsupported, "Declaration:12 singlewindow.type [MT1101]"},
		{"no document", `<Manifest xmlns="urn:Declaration:datamodel:standard:CN:MT1401:1"><Head/></Manifest>`, exchange.Unsupported, ":1 singlewindow.empty []"},
		{"two documents", changed(t, "MT8401", "</Declaration>", "</Declaration><Declaration/>"), exchange.Unreadable, "Manifest/Declaration:18 xml.repeated [Declaration]"},
		{"no new crossing", changed(t, "MT8403", "<JourneyID>2026112300001</JourneyID>", ""), exchange.Unreadable, "Declaration/Consignment[1]:17 singlewindow.no_crossing []"},
		{"two new crossings", changed(t, "MT8403", "</Consignment>", "</Consignment><Consignment><BorderTransportMeans><JourneyID>2026112300002</JourneyID></BorderTransportMeans><TransportContractDocument><ID>W</ID></TransportContractDocument></Consignment>"), exchange.Unreadable, "Declaration/Consignment[2]:17 singlewindow.two_crossings [2026112300001 2026112300002]"},
		{"two vehicles", changed(t, "MT4401", "</Consignment>", "</Consignment><Consignment><BorderTransportMeans><ID>1</ID></BorderTransportMeans></Consignment>"), exchange.Unreadable, "Declaration/Consignment/BorderTransportMeans:30 xml.repeated [BorderTransportMeans]"},
		{"response code", changed(t, "MT4401_response", "<StatementCode>03", "<StatementCode>99"), exchange.Unreadable, "Response/AdditionalInformation/StatementCode:14 singlewindow.code [99]"},
		{"channel", changed(t, "DEC_RESULT", "<CHANNEL>P", "<CHANNEL>X"), exchange.Unreadable, "DEC_RESULT/CHANNEL:6 singlewindow.code [X]"},
		{"result of a pass", changed(t, "SAS224", "<manageResult>2", "<manageResult>9"), exchange.Unreadable, "SAS224/HdeApprResult/manageResult:8 singlewindow.code [9]"},
		{"flag", changed(t, "DecMessage", "<IEFlag>I", "<IEFlag>X"), exchange.Unreadable, "DecMessage/DecHead/IEFlag:5 singlewindow.code [X]"},
		{"total", changed(t, "DecMessage", "9900.5", "9,900.5"), exchange.Unreadable, "DecMessage/DecLists/DecList[1]/DeclTotal:43 decimal.format [9,900.5]"},
		{"freight", changed(t, "DecMessage", "1200.5", "much"), exchange.Unreadable, "DecMessage:2 decimal.format [much]"},
		{"compressed", changed(t, "SWDEC001", "<Compress>0", "<Compress>1"), exchange.Unsupported, "ImportMessage/SWImpHead/Compress:3 singlewindow.written [Compress 1]"},
		{"another import", changed(t, "SWDEC001", "<MsgType>SWDEC001", "<MsgType>SWDEC002"), exchange.Unsupported, "ImportMessage/SWImpHead/MsgType:3 singlewindow.type [SWDEC002]"},
		{"a piece", changed(t, "SAS121", "<total_pocket_qty>1", "<total_pocket_qty>2"), exchange.Unreadable, "Signature/Object/Package/DataInfo/PocketInfo/total_pocket_qty:7 singlewindow.pocket [2]"},
		{"kind of pass", changed(t, "SAS121", "<PassportTypecd>3", "<PassportTypecd>7"), exchange.Unreadable, "PassPortMessage/PassportHead/PassportTypecd:11 singlewindow.code [7]"},
		{"way of pass", changed(t, "SAS121", "<IoTypecd>E", "<IoTypecd>B"), exchange.Unreadable, "PassPortMessage/PassportHead/IoTypecd:14 singlewindow.code [B]"},
		{"changed pass", changed(t, "SAS121", "<DclTypecd>1", "<DclTypecd>2"), exchange.Unreadable, "PassPortMessage/PassportHead/DclTypecd:13 singlewindow.code [2]"},
		{"checklist", sample(t, "INV101"), exchange.Unsupported, "Package/DataInfo/BussinessData/InvtMessage:7 singlewindow.checklist [INV101]"},
		{"another package", strings.ReplaceAll(strings.ReplaceAll(sample(t, "INV101"), "InvtMessage", "OtherMessage"), "INV101", "SAS131"), exchange.Unsupported, ":1 singlewindow.type [SAS131]"},
		{"no base64", "<DxpMsg xmlns='http://www.chinaport.gov.cn/dxp'>\n<Data>***</Data></DxpMsg>", exchange.Unreadable, "DxpMsg/Data:2 singlewindow.base64 []"},
		{"broken inside", enveloped("<DEC_RESULT>\n\n<CHANNEL>X</CHANNEL></DEC_RESULT>"), exchange.Unreadable, "DxpMsg/Data/DEC_RESULT/CHANNEL:3 singlewindow.code [X]"},
		{"cut inside", enveloped("<DEC_RESULT>"), exchange.Unreadable, "DxpMsg/Data/DEC_RESULT:3 xml.unclosed [DEC_RESULT]"},
		{"another message inside", enveloped("<Other/>"), exchange.Unsupported, "DxpMsg/Data/Other:3 exchange.root [Other ]"},
		{"an envelope in an envelope", enveloped(enveloped("<DEC_RESULT/>")), exchange.Unsupported, "DxpMsg/Data/DxpMsg:3 exchange.root [DxpMsg http://www.chinaport.gov.cn/dxp]"},
		{"another namespace", `<DecMessage xmlns="urn:x"/>`, exchange.Unsupported, "DecMessage:1 exchange.root [DecMessage urn:x]"},
		{"entity", "<!DOCTYPE x [<!ENTITY y 'z'>]>\n<DecMessage/>", exchange.Unreadable, ":1 xml.doctype []"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems, err := readAny([]byte(test.data))
			if exchange.OutcomeOf(err) != test.outcome {
				t.Fatalf("got %q, want %q: %v", exchange.OutcomeOf(err), test.outcome, errs.Problems(err))
			}
			list := told(append(problems, errs.Problems(err)...))
			for _, got := range list {
				if got == test.want {
					return
				}
			}
			t.Errorf("got\n%s\nwant\n%s", strings.Join(list, "\n"), test.want)
		})
	}
}

// enveloped is a message in DxpMsg.
func enveloped(message string) string {
	return "<DxpMsg xmlns=\"http://www.chinaport.gov.cn/dxp\" ver=\"1.0\">\n<TransInfo><CopMsgId>1</CopMsgId><SenderId>S</SenderId><ReceiverIds><ReceiverId>R</ReceiverId></ReceiverIds><MsgType>DECMSG</MsgType></TransInfo>\n<Data>\n" +
		base64.StdEncoding.EncodeToString([]byte(message)) + "\n</Data>\n</DxpMsg>"
}

// TestEnvelopes: the same document comes out of every envelope, and in every character set.
func TestEnvelopes(t *testing.T) {
	bare, _, err := readAny([]byte(sample(t, "DEC_RESULT")))
	if err != nil {
		t.Fatal(err)
	}
	body := sample(t, "DEC_RESULT")
	body = body[strings.Index(body, "<DEC_RESULT"):]
	chinese, err := simplifiedchinese.GBK.NewEncoder().String(`<?xml version="1.0" encoding="GBK"?>` + body)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"DxpMsg": enveloped(body), "GBK": chinese, "GBK in DxpMsg": enveloped(chinese),
		"older client": "<?xml version=\"1.0\" encoding=\"GB2312\"?>\n" + string(bytes.TrimPrefix([]byte(chinese), []byte(`<?xml version="1.0" encoding="GBK"?>`))),
		"DEC_DATA":     "<DEC_DATA>" + strings.ReplaceAll(body, "CUS_CIQ_NO", "SEQ_NO") + "</DEC_DATA>",
	} {
		t.Run(name, func(t *testing.T) {
			m, _, err := readAny([]byte(data))
			if err != nil {
				t.Fatal(errs.Problems(err))
			}
			if diff := cmp.Diff(bare.Document, m.Document); diff != "" {
				t.Error(diff)
			}
			for _, spot := range m.Locate([]string{"/function", "/declaration/number", "/nothing"}) {
				if spot.Line == 0 {
					t.Errorf("no line: %+v", spot)
				}
			}
		})
	}
	m, _, err := readAny([]byte(enveloped(body)))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Locate([]string{"/function"})[0]; got.Path != "DxpMsg/Data/DEC_RESULT/CHANNEL" || got.Line != 3 {
		t.Errorf("got %+v, want it in Data on line 3", got)
	}
}

// TestCodes: every code has its meaning in the answer, and decides what it should.
func TestCodes(t *testing.T) {
	for codes, file := range map[*map[string]string][2]string{
		&manifestAnswers: {"MT4401_response", "<StatementCode>03"}, &declarationAnswers: {"DEC_RESULT", "<CHANNEL>P"},
		&examineAnswers: {"SAS224", "<manageResult>2"}, &passAnswers: {"SAS221", "<manageResult>1"},
	} {
		for code, function := range *codes {
			tag := file[1][:strings.IndexByte(file[1], '>')+1]
			m, _, err := readAny([]byte(changed(t, file[0], file[1], tag+code)))
			if err != nil {
				t.Fatal(err)
			}
			a := m.Document.(*answer)
			if a.Function != function || len(a.Statuses) != 1 || a.Statuses[0].Code != code {
				t.Errorf("%s %s: got %q and %v, want %q", file[0], code, a.Function, a.Statuses, function)
			}
			if refused := len(a.Errors) > 0; refused != (function == exchange.AnswerRejected) {
				t.Errorf("%s %s: objections %v", file[0], code, a.Errors)
			}
		}
	}
}
