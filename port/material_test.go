package port

import (
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// materialRoot is where the real material lies.
func materialRoot() string {
	if root := os.Getenv("GUOMEN_MATERIAL"); root != "" {
		return root
	}
	return filepath.Join("..", "..", "shared", "material")
}

// material reads a table of the real material that is kept outside the project, header row off; it skips where there
// is none.
func material(t *testing.T, name ...string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join(append([]string{materialRoot()}, name...)...))
	if err != nil {
		t.Skipf("no real material here (GUOMEN_MATERIAL or ../shared/material): %v", err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.LazyQuotes, reader.FieldsPerRecord = true, -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestMaterialContainers(t *testing.T) {
	for _, row := range material(t, "iso6346", "container_numbers_from_messages.csv") {
		number, err := ParseContainer(row[0])
		if got, want := err == nil, row[1] == "True"; got != want || string(number) != row[0] {
			t.Errorf("%s: got %q, %v; its check digit is right: %v", row[0], number, err, want)
		}
	}
}

func TestMaterialCodes(t *testing.T) {
	for _, row := range material(t, "hs_nomenclature", "data", "harmonized-system.csv") {
		if row[1] == "TOTAL" {
			continue
		}
		code, err := ParseHS(row[1])
		if wanted := len(row[1]) >= 4; (err == nil) != wanted || wanted && string(code) != row[1] {
			t.Errorf("%s: got %q, %v", row[1], code, err)
		}
	}
	for _, row := range material(t, "un_locode", "meta", "country-codes.csv") {
		if err := Country(row[0]).Check(); err != nil && row[0] != internationalWaters {
			t.Error(err)
		}
	}
	for _, country := range []string{"CN", "MN", "RU", "KZ", "KP", "BY", "PL", "DE"} {
		for _, row := range material(t, "un_locode", "src", "data", country+".csv") {
			text := row[0] + " " + row[1]
			if text == "DE 9B0" || text == "DE B90" {
				continue // published against the rule of the same recommendation: no 0 and 1
			}
			if got, err := ParseLocation(text); err != nil || got.Country() != Country(country) {
				t.Errorf("%s: got %q, %v", text, got, err)
			}
		}
	}
}

// TestMaterialZones reads zones that others published for tests. Some are of the Utopia of specimens, which is refused, and
// for nothing else; no check digit is wrong.
func TestMaterialZones(t *testing.T) {
	read := 0
	for _, row := range material(t, "mrz", "mrz_vectors.csv") {
		lines := strings.Split(row[2], "|")
		got, err := ParseMRZ(MRZ(strings.Join(lines, "\n")), readingDay)
		var all Faults
		errors.As(err, &all)
		for _, f := range all {
			utopia := f.Rule == "mrz.issuer" && lines[0][2:5] == "UTO" || f.Rule == "mrz.nationality" && strings.Contains(lines[1], "UTO")
			if !utopia {
				t.Errorf("%s: %v", lines[0], f)
			}
		}
		if string(got.Size) != row[1] || got.Number == "" || got.Born == (Date{}) {
			t.Errorf("%s: got %v", lines[0], got)
		}
		read++
	}
	t.Logf("%d zones read", read)
}

// TestMaterialDangerous reads what ADR's table A says of every entry. Three entries have a class that is none: a label's
// name, and two classes at once.
func TestMaterialDangerous(t *testing.T) {
	numbers, classes, groups := 0, 0, 0
	for _, row := range material(t, "dangerous_goods", "adr2017_table_a.csv") {
		if err := UNNumber(row[0]).Check(); err != nil {
			t.Error(err)
		}
		numbers++
		if _, err := ParseHazardClass(row[2]); err == nil {
			classes++
		} else if !slices.Contains([]string{"9A", "8 + 6.1"}, row[2]) {
			t.Error(err)
		}
		if row[2] == "1" && strings.HasPrefix(row[3], "1.") { // the classification code of class 1 is the division with its group
			if _, err := ParseHazardClass(row[3]); err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
		}
		switch group := row[4]; {
		case group == "", strings.HasPrefix(group, "CARRIAGE"), strings.HasPrefix(group, "NOT SUBJECT"):
		default:
			if _, err := ParsePackingGroup(group); err != nil {
				t.Errorf("%s: %v", row[0], err)
			}
			groups++
		}
	}
	t.Logf("%d numbers, %d classes, %d packing groups read", numbers, classes, groups)
	if numbers-classes > 3 {
		t.Errorf("%d classes of %d are refused", numbers-classes, numbers)
	}
}

// texts are the contents of an XML element, by its name without prefix, in a file of the material.
func texts(t *testing.T, element string, name ...string) []string {
	t.Helper()
	file, err := os.Open(filepath.Join(append([]string{materialRoot()}, name...)...))
	if err != nil {
		t.Skipf("no real material here (GUOMEN_MATERIAL or ../shared/material): %v", err)
	}
	defer file.Close()
	var found []string
	inside := false
	for decoder := xml.NewDecoder(file); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			inside = x.Name.Local == element
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if text := strings.TrimSpace(string(x)); inside && text != "" {
				found = append(found, text)
			}
		}
	}
}

func TestMaterialMessages(t *testing.T) {
	for _, test := range []struct {
		element string
		file    []string
		check   func(string) error
		least   int
	}{
		{"MessageType", []string{"cn_singlewindow", "MT1401_sample.xml"}, func(s string) error { return RoadMessage(s).Check() }, 1},
		{"FunctionCode", []string{"cn_singlewindow", "MT1401_sample.xml"}, func(s string) error { return MessageFunction(s).Check() }, 1},
		{"MessageType", []string{"cn_singlewindow", "MT2401_sample.xml"}, func(s string) error { return RoadMessage(s).Check() }, 1},
		{"FunctionCode", []string{"cn_singlewindow", "MT2401_sample.xml"}, func(s string) error { return MessageFunction(s).Check() }, 1},
		{"TradeCode", []string{"cn_singlewindow", "SWDEC001_ImportMessage_official_sample.xml"}, func(s string) error { return TraderCode(s).Check() }, 1},
	} {
		found := texts(t, test.element, test.file...)
		if len(found) < test.least {
			t.Errorf("%s: %d of %s, want %d or more", test.file, len(found), test.element, test.least)
		}
		for _, text := range found {
			if err := test.check(text); err != nil {
				t.Errorf("%s: %v", test.file, err)
			}
		}
	}
}
