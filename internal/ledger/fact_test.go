package ledger

import "testing"

// TestReplaced tells text that the encoder could not read from text that only looks like it.
func TestReplaced(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "plain": false, "口岸": false, "�": false, `\ufffd`: false, `\\ufffd`: false, `a\`: false, `\u`: false,
		"\xff": true, "a\xffb": true, "�\xff": true, `\ufffd` + "\xff": true, `\` + "\xff": true, `\\` + "\xff": true, "\xed\xa0\x80": true, "\xf0\x9f": true,
	} {
		data, err := encode(struct{ Text string }{text})
		if err != nil {
			t.Fatal(err)
		}
		if replaced(data) != want {
			t.Errorf("%q is encoded as %s: %t", text, data, !want)
		}
		if want {
			continue
		}
		var back struct{ Text string }
		if err := decode(data, &back); err != nil || back.Text != text {
			t.Errorf("%q comes back as %q, %v", text, back.Text, err)
		}
	}
}
