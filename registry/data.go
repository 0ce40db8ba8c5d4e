package registry

import (
	"embed"
	"io"

	"github.com/goccy/go-yaml"

	"github.com/guomen/guomen/internal/errs"
)

//go:embed data
var data embed.FS

// Limits on a table of customs offices that an operator loads. China has about 600 codes of customs districts; with
// every mode, ten thousand rows and a megabyte leave room.
const (
	officesMost      = 10_000
	officesBytesMost = 1 << 20
)

// ReadOffices reads a table of customs offices in the form of data/offices.yaml: which port a code means. The error is
// Invalid where the table cannot be read and TooLarge past the limits; whether its ports exist shows when the facts are
// folded.
func ReadOffices(from io.Reader) ([]OfficeMapped, error) {
	table, err := io.ReadAll(io.LimitReader(from, officesBytesMost+1))
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "read the table of customs offices")
	}
	if len(table) > officesBytesMost {
		return nil, errs.New(errs.TooLarge, "registry.offices.large", "table of customs offices over %d bytes", officesBytesMost)
	}
	var file struct {
		Offices []OfficeMapped `json:"offices"`
	}
	if err := decode(table, &file); err != nil {
		failed := errs.New(errs.Invalid, "registry.offices.format", "table of customs offices")
		failed.Cause = err
		return nil, failed
	}
	if len(file.Offices) > officesMost {
		return nil, errs.New(errs.TooLarge, "registry.offices.large", "table of customs offices over %d rows", officesMost)
	}
	return file.Offices, nil
}

// References spells out what the references of values stand for.
func References() (map[Reference]string, error) {
	var file struct {
		References []struct {
			ID   Reference `json:"id"`
			Text string    `json:"text"`
		} `json:"references"`
	}
	if err := load("data/references.yaml", &file); err != nil {
		return nil, err
	}
	texts := make(map[Reference]string, len(file.References))
	for _, r := range file.References {
		texts[r.ID] = r.Text
	}
	return texts, nil
}

func load(name string, into any) error {
	file, err := data.ReadFile(name)
	if err == nil {
		err = decode(file, into)
	}
	return errs.Wrap(errs.Broken, err, "read %s", name)
}

// decode reads YAML strictly: a key that nobody knows is an error, because it is a value that would be lost.
func decode(text []byte, into any) error {
	return yaml.UnmarshalWithOptions(text, into, yaml.Strict(), yaml.UseJSONUnmarshaler())
}
