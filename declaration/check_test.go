package declaration

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/port"
)

func good() Document {
	return Document{Direction: port.Import, Reference: "R", Items: []Item{{Number: 1}, {Number: 2}}}
}

func told(problems []errs.Problem) (list []string) {
	for _, p := range problems {
		list = append(list, strings.TrimSpace(string(p.Severity)+" "+p.Path+" "+p.Rule+" "+strings.Join(p.Args, ",")))
	}
	return list
}

func TestCheck(t *testing.T) {
	long := strings.Repeat("中", 36)
	for _, test := range []struct {
		name   string
		change func(d *Document)
		want   []string
	}{
		{"good", func(*Document) {}, nil},
		{"empty", func(d *Document) { *d = Document{} }, []string{"error reference document.required reference", "error direction document.required direction", "error items declaration.no_items"}},
		{"cancellation", func(d *Document) { *d = Document{Function: FunctionCancellation, Reference: "R"} }, nil},
		{"amendment", func(d *Document) { *d = Document{Function: FunctionAmendment, Reference: "R", Direction: "in"} }, []string{"error direction document.choice in,import, export, transit"}},
		{"long reference", func(d *Document) { d.Reference = long }, []string{"error reference document.too_long 35,36"}},
		{"characters, not bytes", func(d *Document) { d.Reference = long[:105] }, nil},
		{"control", func(d *Document) { d.Items[1].Description = "a\x01b\x02" }, []string{"error items[1].description document.control 1"}},
		{"lines of text", func(d *Document) { d.Items[1].Description = "a\n\tb" }, nil},
		{"steps", func(d *Document) { d.Steps = "both" }, []string{"error steps document.choice both,summary, full"}},
		{"batch", func(d *Document) { d.Batch = "1" }, []string{"error batch batch.format 1"}},
		{"foreign number", func(d *Document) { d.Number = "24GBCLURMAK2W2BA03" }, []string{"warning number declaration_number.format 24GBCLURMAK2W2BA03"}},
		{"foreign office", func(d *Document) { d.Office = "GBBEL004" }, []string{"warning office office.format GBBEL004"}},
		{"check character", func(d *Document) { d.Importer.ID = "91150824MADEM00010" }, []string{"warning importer.id credit_code.check 91150824MADEM00010,E"}},
		{"foreign firm", func(d *Document) { d.Importer.ID = "GB553202734852" }, nil},
		{"container", func(d *Document) { d.Equipment = []Equipment{{ID: "CONU1234567"}} }, []string{"warning equipment[0].id container.check_digit CONU1234567,2,7"}},
		{"times", func(d *Document) { d.Issued, d.Accepted = 1, 4102444800_000000 }, []string{"warning issued document.time 1970-01-01T00:00:00.000001Z", "warning accepted document.time 2100-01-01T00:00:00.000000Z"}},
		{"negative", func(d *Document) { d.Packages, d.GrossMass, d.Items[0].Quantity = -1, -1, -1 }, []string{"error packages document.negative", "error gross_mass document.negative", "error items[0].quantity document.negative"}},
		{"number of lines", func(d *Document) { d.GoodsItems = 3 }, []string{"warning goods_items declaration.goods_items 3,2"}},
		{"line without number", func(d *Document) { d.Items[1].Number = 0 }, []string{"error items[1].number declaration.item_number 9999"}},
		{"line twice", func(d *Document) { d.Items[1].Number = 1 }, []string{"error items[1].number declaration.item_twice 1,1"}},
		{"lines in any order", func(d *Document) { d.Items[0].Number, d.Items[1].Number = 2, 1 }, nil},
		{"too many lines", func(d *Document) { d.Items = make([]Item, MaxItems+1) }, []string{"error items document.too_many 9999,10000"}},
		{"too many parts", func(d *Document) { d.Items[1].Documents = make([]SupportingDocument, MaxParts+1) }, []string{"error items[1].documents document.too_many 999,1000"}},
		{"kind of party", func(d *Document) { d.Parties = []RoleParty{{Kind: "notary"}} }, []string{"error parties[0].kind document.choice notary,aeo, buyer, payer, seller, surety, transport_consignor"}},
		{"currency", func(d *Document) { d.Invoice = port.Money{Minor: 1, Currency: "XQQ"} }, []string{"warning invoice currency.unknown XQQ"}},
		{"fraction", func(d *Document) { d.Items[0].Price = port.Money{Minor: 1, Fraction: -1, Currency: "CNY"} }, []string{"error items[0].price money.fraction -1"}},
		{"deep place", func(d *Document) { d.Items[1].Statements = []Statement{{}, {Pointers: []Pointer{{Tag: long}}}} }, []string{"error items[1].statements[1].pointers[0].tag document.too_long 35,36"}},
		{"element of a list of texts", func(d *Document) { d.Items[0].Equipment = []Equipment{{Seals: []string{"", "\x7f"}}} }, []string{"error items[0].equipment[0].seals[1] document.control 127"}},
		{"country of an address", func(d *Document) { d.Exporter.Address.Country = "XX" }, []string{"warning exporter.address.country country.unknown XX"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := good()
			test.change(&d)
			if diff := cmp.Diff(test.want, told(Check(&d))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckStops(t *testing.T) {
	d := good()
	d.Items = make([]Item, MaxItems)
	problems := Check(&d)
	if len(problems) != 1000 || problems[999].Rule != "exchange.more" {
		t.Errorf("got %d problems, the last %v", len(problems), problems[len(problems)-1])
	}
}
