package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/port"
)

type put struct {
	ID  port.ID `json:"id"`
	N   int     `json:"n"`
	Pad string  `json:"pad"`
}

func (put) FactName() string { return "thing.put.v1" }

type thing struct {
	N   int    `json:"n"`
	Pad string `json:"pad"`
}

type doPut struct {
	key  string
	kind *ledger.Kind[thing]
}

func (d doPut) Prefetch(w *ledger.Wants) { w.Lookup("thing", d.key) }
func (d doPut) Decide(tx *ledger.Tx) error {
	id, err := tx.Lookup("thing", d.key)
	if err != nil {
		return err
	}
	if id.IsZero() {
		id = tx.NewID()
	}
	t, _, err := d.kind.Get(tx, id)
	if err != nil {
		return err
	}
	n := 0
	if t != nil {
		n = t.N
	}
	tx.Subject(id)
	return tx.Record(put{id, n + 1, d.key})
}

func TestSmoke(t *testing.T) {
	kind := ledger.NewKind[thing]("thing", 1)
	ledger.On(kind, func(b put) port.ID { return b.ID }, func(x *ledger.Effects, s thing, f *ledger.Fact, b put) thing {
		x.Index("thing", b.Pad, b.ID)
		return thing{b.N, b.Pad}
	})
	schema, err := ledger.NewSchema([]ledger.Body{put{}}, []ledger.AnyKind{kind}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	sum := ledger.Hash(sha256.Sum256(make([]byte, 900)))
	for _, url := range []string{"memory:", "sqlite:" + t.TempDir() + "/g.db"} {
		s, err := Open(ctx, url)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ledger.Open(ctx, schema, s, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		n, err := e.Create(ctx, "port:a", ledger.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var wg sync.WaitGroup
		for c := range 256 {
			wg.Go(func() {
				for i := range 100 {
					_, err := e.Submit(ctx, ledger.Command{ID: port.NewID(time.Now().UnixMilli(), uint16(n), uint64(c*1000+i)), Ledger: "port:a", Actor: ledger.Actor{Organisation: fmt.Sprint(c % 7)}, Priority: ledger.Lodgement,
						Submission: make([]byte, 900), Body: sum, Do: doPut{fmt.Sprint(c, i%60), kind}})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		fmt.Println(url[:6], 25600/time.Since(began).Seconds(), "per second")
		e.Close()
		e, err = ledger.Open(ctx, schema, s, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := e.Verify(ctx)
		fmt.Printf("%+v %v\n", r, err)
		e.Close()
		s.Close()
	}
}
