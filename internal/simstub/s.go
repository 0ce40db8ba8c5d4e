package simstub

import (
	"context"
	"log/slog"

	"github.com/guomen/guomen/port"
)

type Config struct {
	Server string
	Tokens func(string, port.PortID) string
	Seed   uint64
	Speed  float64
	Log    *slog.Logger
}
type S struct{}

func New(Config) (*S, error)           { return &S{}, nil }
func (*S) Run(ctx context.Context) error { <-ctx.Done(); return nil }
