package store

import (
	"context"
	"strings"

	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
)

// Open opens the database that a URL names: sqlite:PATH, postgres://… or memory:.
func Open(ctx context.Context, url string) (ledger.Store, error) {
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		return OpenSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		return OpenPostgres(ctx, url)
	case url == "memory:":
		return NewMemory(), nil
	}
	return nil, errs.New(errs.Invalid, "database.url", "a database is sqlite:PATH or postgres://…, not %q", url)
}
