package port

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// material reads a table of the real material that is kept outside the project, header row off; it skips where there
// is none.
func material(t *testing.T, name ...string) [][]string {
	t.Helper()
	root := os.Getenv("GUOMEN_MATERIAL")
	if root == "" {
		root = filepath.Join("..", "..", "shared", "material")
	}
	file, err := os.Open(filepath.Join(append([]string{root}, name...)...))
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
