package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/guomen/guomen/port"
)

// feed reads the facts of one port's ledger, all of them and in order, and tells a world of each.
type feed struct {
	client *client
	log    *slog.Logger
	id     port.PortID
	to     *world
	after  uint64
}

// The feed is read with the token of the customs officer at the port, who may see all that happens there. followWait is
// how long a request stays open; feedPause is the wait after one that failed.
const (
	followRole = "customs"
	followWait = 30 * time.Second
	feedPause  = time.Second
)

// run first reads what there is, tells the world that it has caught up, and then follows until the context ends.
func (f *feed) run(ctx context.Context) {
	caughtUp := false
	for ctx.Err() == nil {
		wait := followWait
		if !caughtUp {
			wait = 0
		}
		asked := time.Now()
		read, err := f.stream(ctx, wait)
		switch {
		case err != nil && ctx.Err() == nil:
			f.log.Warn("the feed broke off", "port", f.id, "after", f.after, "error", err)
			sleep(ctx, feedPause)
		case read == 0 && !caughtUp:
			caughtUp = true
			f.to.tell(ctx, f.to.begin)
		case read == 0:
			f.to.tell(ctx, func() { f.to.checker.quiet(asked) })
			sleep(ctx, retryFirst) // a server that does not wait is not asked without a pause
		}
	}
}

// stream reads one answer to its end and says how many facts it had.
func (f *feed) stream(ctx context.Context, wait time.Duration) (int, error) {
	query := url.Values{"ledger": {"port:" + string(f.id)}, "after": {strconv.FormatUint(f.after, 10)}, "wait": {wait.String()}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.client.server+"/v1/facts?"+query.Encode(), nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+f.client.tokens(followRole, f.id))
	resp, err := f.client.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %d", resp.StatusCode)
	}
	lines := json.NewDecoder(resp.Body)
	for read := 0; ; read++ {
		var x fact
		if err := lines.Decode(&x); errors.Is(err, io.EOF) {
			return read, nil
		} else if err != nil {
			return read, err
		}
		if err := x.read(); err != nil {
			return read, fmt.Errorf("fact %d %s: %w", x.Seq, x.Name, err)
		}
		f.after = x.Seq
		if !f.to.tell(ctx, func() { f.to.hear(&x) }) {
			return read, nil
		}
	}
}
