package markup

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// gb encodes a text, for tests.
func gb(t *testing.T, text string) []byte {
	t.Helper()
	data, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(data)
}

func TestUTF8(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"UTF-8", []byte(`<?xml version="1.0" encoding="utf-8"?><a>中</a>`), `<?xml version="1.0" encoding="utf-8"?><a>中</a>`},
		{"none declared", []byte(`<a>中</a>`), `<a>中</a>`},
		{"GB18030", gb(t, `<?xml version="1.0" encoding="GB18030"?><a>甘其毛都</a>`), `<?xml version="1.0" encoding="UTF-8"?><a>甘其毛都</a>`},
		{"four bytes", gb(t, `<?xml version='1.0' encoding = 'gb18030' standalone='yes'?><a>Өвөр 𠮷</a>`), `<?xml version='1.0' encoding = 'UTF-8' standalone='yes'?><a>Өвөр 𠮷</a>`},
		{"GBK", gb(t, `<?xml version="1.0" encoding="GBK"?><a>煤</a>`), `<?xml version="1.0" encoding="UTF-8"?><a>煤</a>`},
		{"GB2312", gb(t, `<?xml version="1.0" encoding="gb2312"?><a>煤</a>`), `<?xml version="1.0" encoding="UTF-8"?><a>煤</a>`},
		{"another", []byte(`<?xml version="1.0" encoding="KOI8-R"?><a/>`), `<?xml version="1.0" encoding="KOI8-R"?><a/>`},
		{"word in a comment", []byte(`<?xml version="1.0"?><!-- encoding="GBK" --><a/>`), `<?xml version="1.0"?><!-- encoding="GBK" --><a/>`},
		{"cut", []byte(`<?xml version="1.0" encoding="GBK`), `<?xml version="1.0" encoding="GBK`},
		{"no value", []byte(`<?xml version="1.0" encoding ?><a/>`), `<?xml version="1.0" encoding ?><a/>`},
		{"nothing", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := UTF8(test.data)
			if err != nil || string(got) != test.want {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
		})
	}
	_, err := UTF8([]byte("<?xml version=\"1.0\" encoding=\"GBK\"?>\n<a>\n\xff\xff</a>"))
	var at *Error
	if !errors.As(err, &at) || at.Rule != "xml.charset" || at.Line != 3 || at.Args[0] != "GBK" {
		t.Errorf("got %v, want xml.charset on line 3", err)
	}
}

// FuzzUTF8: nothing panics, and what comes back in UTF-8 is declared so and has the lines of the file.
func FuzzUTF8(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="GB18030"?>` + "\n<a>\xd6\xd0</a>"))
	f.Add([]byte(`<?xml version='1.0' encoding='GBK'?><a>\x80</a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := UTF8(data)
		if err != nil {
			var at *Error
			if !errors.As(err, &at) || at.Line < 1 {
				t.Fatalf("an error without a line: %v", err)
			}
			return
		}
		if string(got) != string(data) && (!strings.Contains(string(got), "UTF-8") || strings.Count(string(got), "\n") != strings.Count(string(data), "\n")) {
			t.Fatalf("%q became %q", data, got)
		}
	})
}
