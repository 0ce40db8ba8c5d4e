package claim

import (
	"slices"

	"github.com/guomen/guomen/declaration"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/manifest"
	"github.com/guomen/guomen/port"
)

// Entry is one claim of a subject, as its port knows it.
type Entry struct {
	Named
	For     port.ID          `json:"for"`
	Subject port.SubjectKind `json:"subject_kind"`
	Result  port.Result      `json:"result,omitempty"` // hold's last answer; empty: none yet
	Seq     uint64           `json:"seq,omitempty"`    // of the answer's fact in hold
}

// Claims is the record, in the port's ledger, of what a movement or a declaration claims as long as it needs it. Only
// subjects whose documents claim something have one.
type Claims struct {
	Entries []Entry `json:"entries,omitempty"`
}

// find is the index of a claim; -1 where the subject has none such, or none any more.
func (c *Claims) find(key Key) int {
	return slices.IndexFunc(c.Entries, func(e Entry) bool { return e.Key == key })
}

// State is what all answers on one requirement together say: met once every one is, or where nothing is claimed under it;
// undecided while hold has still to answer.
func (c *Claims) State(kind port.RequirementKind) port.Result { return c.state(kind, "", "") }

// Has tells whether the subject still claims a thing.
func (c *Claims) Has(key Key) bool { return c.find(key) >= 0 }

// state is what all answers on one requirement together say, with one of them replaced: met once every one is, held as
// soon as one is.
func (c *Claims) state(kind port.RequirementKind, key Key, result port.Result) port.Result {
	all := port.ResultMet
	for i := range c.Entries {
		e := &c.Entries[i]
		if e.Requirement != kind {
			continue
		}
		one := e.Result
		if e.Key == key {
			one = result
		}
		if one == "" {
			one = port.ResultUndecided
		}
		all = port.Join(all, one)
	}
	return all
}

// with adds what a document claims. A key that is claimed already keeps its answer.
func (c Claims) with(list []Wish) Claims {
	entries := slices.Clone(c.Entries)
	for _, w := range list {
		if c.find(w.Key) < 0 {
			entries = append(entries, Entry{Named: w.Named, For: w.For, Subject: w.Subject})
		}
	}
	return Claims{entries}
}

// Subjects is the kind of record.
func Subjects() *ledger.Kind[Claims] {
	k := ledger.NewKind[Claims]("claims", 1)
	ledger.On(k, func(b manifest.Lodged) port.ID {
		if len(OfManifest(&b)) == 0 {
			return port.ID{}
		}
		return b.Movement
	}, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b manifest.Lodged) Claims {
		return c.with(OfManifest(&b))
	})
	ledger.On(k, func(b manifest.Changed) port.ID {
		if len(OfChange(&b)) == 0 {
			return port.ID{}
		}
		return b.Movement
	}, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b manifest.Changed) Claims {
		return c.with(OfChange(&b))
	})
	ledger.On(k, func(b declaration.Lodged) port.ID {
		if len(OfDeclaration(&b)) == 0 {
			return port.ID{}
		}
		return b.Declaration
	}, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b declaration.Lodged) Claims {
		return c.with(OfDeclaration(&b))
	})
	ledger.On(k, func(b declaration.Amended) port.ID {
		if len(OfAmendment(&b)) == 0 {
			return port.ID{}
		}
		return b.Declaration
	}, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b declaration.Amended) Claims {
		return c.with(OfAmendment(&b))
	})
	ledger.On(k, func(b Answered) port.ID { return b.Subject }, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b Answered) Claims {
		if i := c.find(b.Key); i >= 0 {
			c.Entries = slices.Clone(c.Entries)
			c.Entries[i].Result, c.Entries[i].Seq = b.Result, b.Seq
		}
		return c
	})
	ledger.On(k, func(b Ended) port.ID { return b.Subject }, func(_ *ledger.Effects, c Claims, _ *ledger.Fact, b Ended) Claims {
		return Claims{slices.DeleteFunc(slices.Clone(c.Entries), func(e Entry) bool { return slices.Contains(b.Claims, e.Named) })}
	})
	return k
}

// Answer brings hold's word to the port that asked.
type Answer struct {
	Subjects *ledger.Kind[Claims]
	Subject  port.ID
	Key      Key
	Result   port.Result
	Reason   string
	Holder   port.PortID
	Hold     ledger.Name
	Seq      uint64
}

// Prefetch asks for the subject's claims.
func (a Answer) Prefetch(want *ledger.Wants) { want.Record(a.Subjects, a.Subject) }

// Decide records claim.answered.v1. A subject that needs the thing no longer, and one that has heard a later word, hear
// nothing.
func (a Answer) Decide(tx *ledger.Tx) error {
	c, ok, err := a.Subjects.Get(tx, a.Subject)
	if err != nil || !ok {
		return err
	}
	i := c.find(a.Key)
	if i < 0 || c.Entries[i].Seq >= a.Seq {
		return nil
	}
	e := &c.Entries[i]
	tx.Subject(a.Subject)
	return tx.Record(Answered{
		Subject: a.Subject, For: e.For, SubjectKind: e.Subject, Requirement: e.Requirement, Key: a.Key, Result: a.Result,
		State: c.state(e.Requirement, a.Key, a.Result), Reason: a.Reason, Holder: a.Holder, Hold: a.Hold, Seq: a.Seq,
	})
}

// End records claim.ended.v1 of all that a subject still claims, in the transaction of whatever ended it.
func End(tx *ledger.Tx, subjects *ledger.Kind[Claims], subject port.ID, reason EndReason, to ledger.Name) error {
	return Give(tx, subjects, subject, reason, to, func(*Entry) bool { return true })
}

// Give records claim.ended.v1 of what a subject needs no longer, of all that it claims.
func Give(tx *ledger.Tx, subjects *ledger.Kind[Claims], subject port.ID, reason EndReason, to ledger.Name, back func(*Entry) bool) error {
	c, ok, err := subjects.Get(tx, subject)
	if err != nil || !ok {
		return err
	}
	ended := Ended{Subject: subject, Reason: reason, To: to}
	for i := range c.Entries {
		if back(&c.Entries[i]) {
			ended.Claims = append(ended.Claims, c.Entries[i].Named)
		}
	}
	if len(ended.Claims) == 0 {
		return nil
	}
	return tx.Record(ended)
}
