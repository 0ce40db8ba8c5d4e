package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"testing"
	"time"
)

func TestZZ(t *testing.T) {
	s, e, err := openLedgers(t.Context(), "sqlite:/tmp/bl/b.db")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer e.Close()
	for _, what := range []string{"scan", "fold", "verify"} {
		f, _ := os.Create("/tmp/bl/" + what + ".prof")
		pprof.StartCPUProfile(f)
		b := time.Now()
		var n uint64
		switch what {
		case "scan":
			n, err = scanFacts(t.Context(), s)
		case "fold":
			n, _, err = e.Fold(t.Context())
		case "verify":
			n, err = verifyAll(t.Context(), e)
		}
		pprof.StopCPUProfile()
		f.Close()
		fmt.Println(what, n, err, float64(n)/time.Since(b).Seconds())
	}
}
