package singlewindow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

const sent = port.Time(1_795_309_200_000_000) // 2026-11-22 09:00 in Beijing

func answerTo(data string, reply exchange.Reply) string {
	reply.At = sent
	return string(exchange.Formats{Format()}.Reply([]byte(data), exchange.Hint{}, reply))
}

// TestReply: a message is answered in its own format, and the answer reads as what was meant.
func TestReply(t *testing.T) {
	wrong := []errs.Problem{
		{Path: "Declaration/ID", Line: 14, Rule: "batch.format", Message: "批次号应为 13 位数字。", Severity: errs.Error},
		{Path: "Declaration/Carrier", Line: 17, Rule: "credit_code.check", Severity: errs.Warning},
	}
	news := func(result port.Result) []exchange.News {
		return []exchange.News{{At: sent, Kind: port.CustomsRelease, Result: result, Note: "演示"}}
	}
	for _, test := range []struct {
		name, data string
		reply      exchange.Reply
		root       string
		function   string
		text       string
	}{
		{"manifest accepted", sample(t, "MT1401"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1"}, "Manifest", exchange.AnswerAccepted, ""},
		{"manifest rejected", sample(t, "MT1401"), exchange.Reply{Outcome: exchange.Rejected, Problems: wrong}, "Manifest", exchange.AnswerRejected, "Declaration/ID:14 批次号应为 13 位数字。"},
		{"manifest unreadable", changed(t, "MT1401", `unitCode="TNE">100<`, `unitCode="TNE">x<`), exchange.Reply{Outcome: exchange.Unreadable, Problems: wrong[:1]}, "Manifest", exchange.AnswerRejected, "Declaration/ID:14 批次号应为 13 位数字。"},
		{"manifest cut", sample(t, "MT1401")[:700], exchange.Reply{Outcome: exchange.Unreadable, Problems: wrong[:1]}, "Manifest", exchange.AnswerRejected, "Declaration/ID:14 批次号应为 13 位数字。"},
		{"manifest released", sample(t, "MT1401"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: news(port.ResultMet)}, "Manifest", exchange.AnswerReleased, "演示"},
		{"confirmation", sample(t, "MT4404"), exchange.Reply{Outcome: exchange.Accepted}, "Manifest", exchange.AnswerAccepted, ""},
		{"report", sample(t, "MT5401"), exchange.Reply{Outcome: exchange.Accepted}, "Manifest", exchange.AnswerAccepted, ""},
		{"reload", sample(t, "MT8403"), exchange.Reply{Outcome: exchange.Accepted}, "Manifest", exchange.AnswerAccepted, ""},
		{"declaration accepted", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1"}, "DecImportResponse", exchange.AnswerReceived, ""},
		{"declaration rejected", sample(t, "SWDEC001"), exchange.Reply{Outcome: exchange.Rejected, Problems: wrong}, "DecImportResponse", exchange.AnswerRejected, "Declaration/ID:14 批次号应为 13 位数字。"},
		{"declaration released", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: news(port.ResultMet)}, "DEC_RESULT", exchange.AnswerReleased, "演示"},
		{"declaration to be examined", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: news(port.ResultInspect)}, "DEC_RESULT", exchange.AnswerInspection, "演示"},
		{"declaration: papers", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: news(port.ResultDocuments)}, "DEC_RESULT", exchange.AnswerDocuments, "演示"},
		{"declaration refused by customs", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: news(port.ResultRefused)}, "DEC_RESULT", exchange.AnswerRejected, "演示"},
		{"mirrored answer", sample(t, "DecMessage"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1", News: []exchange.News{{At: sent, Function: exchange.AnswerInvalidated, Note: "演示"}}}, "DEC_RESULT", exchange.AnswerInvalidated, "演示"},
		{"declaration in an envelope", enveloped(sample(t, "DecMessage")), exchange.Reply{Outcome: exchange.Accepted, Number: "N1"}, "DecImportResponse", exchange.AnswerReceived, ""},
		{"pass", sample(t, "SAS121"), exchange.Reply{Outcome: exchange.Rejected, Problems: wrong[:1]}, "CommonResponeMessage", exchange.AnswerRejected, "Declaration/ID:14 批次号应为 13 位数字。"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := answerTo(test.data, test.reply)
			if !strings.Contains(got, "<"+test.root) {
				t.Fatalf("got\n%s\nwant %s", got, test.root)
			}
			m, problems, err := readAny([]byte(got))
			if err != nil || len(problems) > 0 {
				t.Fatalf("the answer is not read: %v %v\n%s", problems, errs.Problems(err), got)
			}
			a := m.Document.(*answer)
			text := ""
			switch {
			case len(a.Errors) > 0:
				text = a.Errors[0].Text
			case len(a.Statements) > 0:
				text = a.Statements[0].Text
			}
			if a.Function != test.function || text != test.text {
				t.Errorf("got %q %q, want %q %q\n%s", a.Function, text, test.function, test.text, got)
			}
			if a.Batch == "" && a.Declaration.Reference == "" && a.Declaration.Window == "" && test.name != "manifest cut" {
				t.Errorf("the answer names nothing:\n%s", got)
			}
		})
	}
	want := `<?xml version="1.0" encoding="UTF-8"?>
<Manifest xmlns="urn:Declaration:datamodel:standard:CN:MT1401:1">
	<Head>
		<MessageID>N1</MessageID>
		<FunctionCode>11</FunctionCode>
		<MessageType>MT1401</MessageType>
		<SenderID>GUOMEN</SenderID>
		<ReceiverID>DEMO_SENDER</ReceiverID>
		<SendTime>20261122090000000</SendTime>
		<Version>1.0</Version>
	</Head>
	<Response>
		<ID>2026112200071</ID>
		<AdditionalInformation>
			<StatementCode>01</StatementCode>
		</AdditionalInformation>
	</Response>
</Manifest>
`
	if diff := cmp.Diff(want, answerTo(sample(t, "MT1401"), exchange.Reply{Outcome: exchange.Accepted, Number: "N1"})); diff != "" {
		t.Error(diff)
	}
	for _, data := range []string{sample(t, "DEC_RESULT"), sample(t, "INV101"), "<Other/>", "{}"} {
		if got := answerTo(data, exchange.Reply{Outcome: exchange.Accepted}); got != "" {
			t.Errorf("answered by %s", got)
		}
	}
	long := make([]errs.Problem, 200)
	for i := range long {
		long[i] = wrong[0]
	}
	if got := answerTo(sample(t, "MT1401"), exchange.Reply{Outcome: exchange.Rejected, Problems: long}); len(got) > 5000 {
		t.Errorf("an answer of %d bytes", len(got))
	}
}
