package main

import (
	"context"

	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/identity"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

// tokenRoutes are the administrator's: who has a token, giving one, taking one back.
func (s *site) tokenRoutes() {
	api.Get(s.api, "/v1/tokens", "The tokens that are good, never their text", s.listTokens)
	api.Post(s.api, "/v1/tokens", "Give an organisation a token", s.issueToken)
	api.Delete(s.api, "/v1/tokens/{id}", "Take a token back", s.revokeToken)
}

// setup is who acts before anybody has a token.
var setup = ledger.Actor{Organisation: "guomen", Role: "setup"}

type tokenList struct {
	Items []tokenItem `json:"items"`
}

// tokenItem is one token that is good.
type tokenItem struct {
	ID           port.ID       `json:"id"`
	Organisation string        `json:"organisation"`
	Role         identity.Role `json:"role"`
	Person       string        `json:"person,omitempty"`
	Port         port.PortID   `json:"port,omitempty"`
}

type tokenQuery struct {
	Organisation string `query:"organisation" maxLength:"100" doc:"only this organisation's"`
}

func (s *site) listTokens(_ context.Context, q *tokenQuery) (tokenList, error) {
	list := tokenList{Items: []tokenItem{}}
	for _, t := range s.platform.directory.List() {
		if q.Organisation == "" || t.Organisation == q.Organisation {
			list.Items = append(list.Items, tokenItem{t.Token, t.Organisation, t.Role, t.Person, t.Port})
		}
	}
	return list, nil
}

type tokenInput struct {
	Body struct {
		Organisation string        `json:"organisation" required:"true" maxLength:"100"`
		Role         identity.Role `json:"role" required:"true" maxLength:"40"`
		Person       string        `json:"person,omitempty" maxLength:"100"`
		Port         string        `json:"port,omitempty" maxLength:"60"`
	}
}

type tokenOutput struct {
	ID    port.ID `json:"id"`    // by which it is taken back
	Token string  `json:"token"` // shown once
}

func (s *site) issueToken(ctx context.Context, in *tokenInput) (tokenOutput, error) {
	at := port.PortID(in.Body.Port)
	if _, known := s.platform.registry().Port(at); at != "" && !known {
		return tokenOutput{}, errs.Bad([]errs.Problem{errs.At("port", "port.unknown", in.Body.Port)})
	}
	secret := identity.NewToken()
	token := identity.TokenIssued{Hash: identity.HashToken(secret), Organisation: in.Body.Organisation, Role: in.Body.Role, Person: in.Body.Person, Port: at}
	if err := s.platform.issueTokens(ctx, identity.From(ctx).Actor(), []identity.TokenIssued{token}); err != nil {
		return tokenOutput{}, err
	}
	known, _ := s.platform.directory.Find(secret)
	return tokenOutput{known.Token, secret}, nil
}

type tokenID struct {
	ID string `path:"id"`
}

// revokeToken takes a token back: in this process at once, in others when they read the fact. The token that asks stays,
// so that somebody is left who can give tokens.
func (s *site) revokeToken(ctx context.Context, in *tokenID) (ledger.Receipt, error) {
	id, err := port.ParseID(in.ID)
	token, ok := s.platform.directory.Issued(id)
	if err != nil || !ok {
		return ledger.Receipt{}, errs.New(errs.Missing, "token.unknown", "token %q", in.ID)
	}
	by := identity.From(ctx)
	if by.Token == id {
		return ledger.Receipt{}, errs.New(errs.Conflict, "token.own", "%s of %s takes back the token that it asks with", by.Role, by.Organisation)
	}
	number, _ := s.platform.engine.Number(regionLedger)
	receipt, err := s.platform.engine.Submit(ctx, ledger.Command{
		ID: newID(number), Ledger: regionLedger, Actor: by.Actor(), Priority: ledger.Gate, Key: "token revoked " + id.String(), Do: identity.Revoke{Token: token},
	})
	if err != nil {
		return receipt, err
	}
	return receipt, s.platform.readRegion(ctx, 0)
}
