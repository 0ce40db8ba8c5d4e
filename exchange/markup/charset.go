package markup

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// charsets are the character sets besides UTF-8 in which messages come: Chinese systems of before the single window still
// write GB 18030 and what it took in. Names are compared without regard to case.
var charsets = map[string]encoding.Encoding{
	"GB18030": simplifiedchinese.GB18030,
	"GBK":     simplifiedchinese.GBK,
	"GB2312":  simplifiedchinese.GBK, // what is declared GB2312 often holds characters of GBK, which contains it
}

// UTF8 gives a document in UTF-8, with that written in its declaration. What is UTF-8, or is in a character set that New
// will refuse, comes back as it is. Line ends stay where they are, so lines in the result are lines of the file. The error
// is an *Error, for bytes that the declared character set does not have.
func UTF8(data []byte) ([]byte, error) {
	from, to, ok := declared(data)
	if !ok {
		return data, nil
	}
	charset := charsets[strings.ToUpper(string(data[from:to]))]
	if charset == nil {
		return data, nil
	}
	text, err := charset.NewDecoder().Bytes(data[to:])
	// The decoder writes U+FFFD for what it cannot read. A file that really holds that character has lost one before.
	bad := bytes.IndexRune(text, utf8.RuneError)
	if err != nil || bad >= 0 {
		line := 1 + bytes.Count(data[:to], []byte("\n")) + bytes.Count(text[:max(bad, 0)], []byte("\n"))
		return nil, &Error{Rule: "xml.charset", Args: []string{clip(string(data[from:to]))}, Offset: to, Line: line}
	}
	whole := make([]byte, 0, len("UTF-8")+from+len(text))
	return append(append(append(whole, data[:from]...), "UTF-8"...), text...), nil
}

// declared finds the name of the encoding in an XML declaration, which is in ASCII.
func declared(data []byte) (from, to int, ok bool) {
	const longest = 200 // a declaration has three short attributes
	head := data[:min(len(data), longest)]
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return 0, 0, false
	}
	end := bytes.Index(head, []byte("?>"))
	at := bytes.Index(head, []byte("encoding"))
	if end < 0 || at < 0 || at > end {
		return 0, 0, false
	}
	from = at + len("encoding")
	for from < end && (isSpace(head[from]) || head[from] == '=') {
		from++
	}
	if from >= end || head[from] != '"' && head[from] != '\'' {
		return 0, 0, false
	}
	quote := head[from]
	from++
	length := bytes.IndexByte(head[from:end], quote)
	return from, from + length, length >= 0
}
