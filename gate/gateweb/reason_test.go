package gateweb

import (
	"testing"

	"github.com/guomen/guomen/gate"
	"github.com/guomen/guomen/internal/text"
	"github.com/guomen/guomen/port"
)

// TestSayReason: a driver reads what is missing, how it stands, of whom, and why.
func TestSayReason(t *testing.T) {
	catalogue, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	owner := &port.Owner{Function: port.FunctionCustomsSupervision, Organisation: "customs-x"}
	for _, c := range []struct {
		reason gate.Reason
		want   string
	}{
		{gate.Reason{Code: "unannounced"}, "No manifest has announced it"},
		{gate.Reason{Code: "container_differs", Args: []string{"DEMU1000010"}}, "The container differs from the manifest: DEMU1000010"},
		{gate.Reason{Code: "held", Kind: port.CustomsRelease, Owner: owner, Args: []string{"declaration_amended"}},
			catalogue.Say(text.English, "requirement.customs_release") + ": Held (" + catalogue.Say(text.English, owner.Function.TextKey()) + ") · The declaration was amended"},
		{gate.Reason{Code: "open", Kind: port.Weighed, Args: []string{"no such code"}}, catalogue.Say(text.English, "requirement.weighed") + ": Not settled yet"},
	} {
		if got := SayReason(catalogue, text.English, c.reason); got != c.want {
			t.Errorf("%+v is said as %q, want %q", c.reason, got, c.want)
		}
		if got := SayReason(catalogue, text.Chinese, c.reason); got == c.want {
			t.Errorf("%+v is said in English to a Chinese reader", c.reason)
		}
	}
}
