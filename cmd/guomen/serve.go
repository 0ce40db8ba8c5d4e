package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// config is the operator's file. Every field may be left out; an unknown field is an error.
type config struct {
	// Hash is the hash of ledgers that are made from now on: sha256 (default) or sm3 (GB/T 32905). Ledgers that are there
	// keep theirs.
	Hash ledger.Algorithm `yaml:"hash"`
	// LogLevel is debug, info (default), warn or error. From info on there is a line a request.
	LogLevel string `yaml:"log_level"`
	// SecureCookies says that pages are reached over TLS only: sessions are then never sent in the clear.
	SecureCookies bool `yaml:"secure_cookies"`
	// MasterKeyFile is the file with the key that personal data is sealed under, made at the first start with mode 0600;
	// default: guomen.key beside a SQLite database, ./guomen.key otherwise. GUOMEN_MASTER_KEY (base64) goes before it.
	// Who loses it loses the personal data, and nothing else.
	MasterKeyFile string `yaml:"master_key_file"`
	// Cipher seals personal data: aes256-gcm (default) or sm4-gcm (GB/T 32907).
	Cipher ledger.Suite `yaml:"cipher"`
	// KeepCrewDays is how many days a crew's sealed data can be opened; default 180. What the law asks was not found.
	KeepCrewDays int `yaml:"keep_crew_days"`
	// ReserveClaimDays is how many days a batch number, container or permit is reserved for a vehicle after it is expected;
	// then others may have it, unless the vehicle has come. Default 0: until the manifest is over. No law was found that
	// says.
	ReserveClaimDays int `yaml:"reserve_claim_days"`
}

func readConfig(path string) (config, error) {
	c := config{Hash: ledger.SHA256, Cipher: ledger.AES256GCM}
	if path == "" {
		return c, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("%w: %w", errUsage, err)
	}
	if err := yaml.UnmarshalWithOptions(data, &c, yaml.Strict()); err != nil {
		return c, errs.Wrap(errs.Invalid, err, "read %s", path)
	}
	if c.Hash.New() == nil {
		return c, errs.New(errs.Invalid, "ledger.algorithm", "%s: hash %q is neither sha256 nor sm3", path, string(c.Hash))
	}
	return c, nil
}

// newLog writes structured lines to standard error.
func newLog(level string) (*slog.Logger, error) {
	var l slog.Level
	if level != "" {
		if err := l.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("%w: log level %q", errUsage, level)
		}
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: l})), nil
}

// runServe runs the platform until it is told to stop.
func runServe(ctx context.Context, args []string, _ io.Writer) error {
	f := flags("serve", "[flags]")
	database := f.String("database", "sqlite:./guomen.db", "sqlite:PATH or postgres://…")
	listen := f.String("listen", "127.0.0.1:8080", "address to listen on")
	path := f.String("config", "", "configuration file (YAML)")
	if err := parse(f, args, 0, 0); err != nil {
		return err
	}
	c, err := readConfig(*path)
	if err != nil {
		return err
	}
	log, err := newLog(c.LogLevel)
	if err != nil {
		return err
	}
	p, err := openPlatform(ctx, databaseURL(*database), c, log)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	if p.directory.Empty() {
		secret := identity.NewToken()
		err := p.issueTokens(ctx, setup, []identity.TokenIssued{{Hash: identity.HashToken(secret), Organisation: "guomen", Role: identity.Administrator, Person: "first administrator"}})
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "administrator's token, shown this once:", secret)
	}
	s, err := newSite(p, siteConfig{Secure: c.SecureCookies, KeepCrew: port.Duration(c.KeepCrewDays) * port.Day})
	if err != nil {
		return err
	}
	p.run(ctx)
	return s.listen(ctx, *listen, func(url string) { log.Info("ready", "url", url, "version", version()) })
}

// databaseURL takes a bare path for a SQLite file.
func databaseURL(text string) string {
	if !strings.Contains(text, ":") {
		return "sqlite:" + text
	}
	return text
}
