package wco

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/errs"
)

// FuzzRead: nothing panics, every refusal says where and why, and what is read can be checked, placed, written and read.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"declaration_coal.xml", "answer_released.xml"} {
		data, err := os.ReadFile(filepath.Join("..", "testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, seed := range []string{
		"<Declaration><TypeCode>IM</TypeCode><GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric></GovernmentAgencyGoodsItem></GoodsShipment></Declaration>",
		"<Response><FunctionCode>13</FunctionCode><Declaration><ID>1</ID></Declaration><Declaration><InvoiceAmount currencyID='CNY'>1.5</InvoiceAmount></Declaration></Response>",
		"<submitDeclarationRequest xmlns='urn:x'><requestDetail><MetaData xmlns='urn:wco:datamodel:x'><Declaration/></MetaData></requestDetail></submitDeclarationRequest>",
		"<Declaration><IssueDateTime><DateTimeString formatCode='102'>20261122</DateTimeString></IssueDateTime><DutyTaxFee><Payment/></DutyTaxFee></Declaration>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, problems, err := readAny(data)
		for _, p := range append(problems, errs.Problems(err)...) {
			if p.Rule == "" || p.Line < 1 || p.Severity == "" {
				t.Fatalf("a problem without rule, line or severity: %+v", p)
			}
		}
		if err != nil {
			if len(errs.Problems(err)) == 0 {
				t.Fatalf("refused without a problem: %v", err)
			}
			return
		}
		for _, p := range exchange.Check(m) {
			if p.Line < 1 {
				t.Fatalf("a problem of the check without a line: %+v", p)
			}
		}
		file := written(t, m)
		second, _, err := readAny(file)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, file)
		}
		// Empty elements of lists are read and not written; after that nothing changes any more.
		if again := written(t, second); !bytes.Equal(again, file) {
			t.Fatalf("written, read and written again:\n%s\n%s", file, again)
		}
	})
}

// written is a message as it goes out.
func written(t *testing.T, m exchange.Message) []byte {
	t.Helper()
	var file bytes.Buffer
	var err error
	switch document := m.Document.(type) {
	case *declaration.Document:
		err = Write(&file, document)
	case *exchange.Answer:
		err = WriteAnswer(&file, document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
