package store_test

import (
	"flag"
	"os"
	"testing"

	"github.com/guomen/guomen/internal/store/storetest"
)

// TestMain runs the tests, or, where the torture started this binary again, its child.
func TestMain(m *testing.M) {
	if url := os.Getenv(childVariable); url != "" {
		tortured(url)
		return
	}
	flag.Parse()
	if flag.Lookup("rapid.checks").Value.String() == flag.Lookup("rapid.checks").DefValue {
		// The suite runs on three databases that flush every commit; more checks are asked for with -rapid.checks.
		if err := flag.Set("rapid.checks", "30"); err != nil {
			panic(err)
		}
	}
	os.Exit(storetest.Main(m))
}
