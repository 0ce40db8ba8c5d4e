package bench

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/guomen/guomen/internal/errs"
)

// Wire is one client's kept-alive connection. It writes requests by hand, so that clients take as little as they can of
// the machine that they share with the server.
type Wire struct {
	conn    net.Conn
	in      *bufio.Reader
	out     []byte
	address string
}

// wireTimeout is how long a request may take: longer, and the server is not slow but gone.
const wireTimeout = 60 * time.Second

// Dial opens a connection.
func Dial(ctx context.Context, address string) (*Wire, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, err, "connect to %s", address)
	}
	return &Wire{conn: conn, in: bufio.NewReaderSize(conn, 8<<10), address: address}, nil
}

// Close ends the connection.
func (w *Wire) Close() error { return w.conn.Close() }

// Post sends JSON and reads the answer's status and body.
func (w *Wire) Post(path, token string, body []byte) (int, []byte, error) {
	w.out = append(w.out[:0], "POST "...)
	w.out = append(w.out, path...)
	w.out = append(w.out, " HTTP/1.1\r\nHost: "...)
	w.out = append(w.out, w.address...)
	w.out = append(w.out, "\r\nAuthorization: Bearer "...)
	w.out = append(w.out, token...)
	w.out = append(w.out, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	w.out = strconv.AppendInt(w.out, int64(len(body)), 10)
	w.out = append(w.out, "\r\n\r\n"...)
	w.out = append(w.out, body...)
	if err := w.conn.SetDeadline(time.Now().Add(wireTimeout)); err != nil {
		return 0, nil, errs.Wrap(errs.Unavailable, err, "send to %s", w.address)
	}
	if _, err := w.conn.Write(w.out); err != nil {
		return 0, nil, errs.Wrap(errs.Unavailable, err, "send to %s", w.address)
	}
	answer, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, nil, errs.Wrap(errs.Unavailable, err, "read the answer of %s", w.address)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	return answer.StatusCode, said, errs.Wrap(errs.Unavailable, err, "read the answer of %s", w.address)
}
