package claim_test

import (
	"os"
	"testing"

	"github.com/guomen/guomen/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
