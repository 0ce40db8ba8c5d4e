package wco

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guomen/guomen/declaration"
)

// fiveLines is the demonstration declaration with five lines of goods, as it would come over the wire.
func fiveLines(tb testing.TB) []byte {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "declaration_coal.xml"))
	if err != nil {
		tb.Fatal(err)
	}
	file := string(data)
	from, to := strings.Index(file, "<GovernmentAgencyGoodsItem>"), strings.Index(file, "</GovernmentAgencyGoodsItem>")+len("</GovernmentAgencyGoodsItem>")
	return []byte(file[:from] + strings.Repeat(file[from:to]+"\n\t\t\t", 5) + file[to:])
}

func BenchmarkRead(b *testing.B) {
	data := fiveLines(b)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := readAny(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	m, _, err := readAny(fiveLines(b))
	if err != nil {
		b.Fatal(err)
	}
	d, ok := m.Document.(*declaration.Document)
	if !ok {
		b.Fatal("no declaration")
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Write(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
