package movement_test

import (
	"os"
	"testing"

	"github.com/guomen/guomen/internal/store/storetest"
)

// TestMain stops the PostgreSQL server that tests on every store may have started.
func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
