package exchangeweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/guomen/guomen/exchange"
	"github.com/guomen/guomen/internal/api"
	"github.com/guomen/guomen/internal/errs"
	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/internal/text"
)

// ownMedia is the media type by which a sender asks for the answer in the format of his message, RFC 1767.
const ownMedia = "application/edifact"

func wantsOwn(r *http.Request) bool {
	return strings.Contains(strings.ToLower(r.Header.Get("Accept")), ownMedia)
}

// own is the answer to a message that was just sent, in its own format; nil where that has none, and where it could not
// be decided about. Its texts are English: the character sets of such formats are Latin.
func (in *Intake) own(a *api.API, sent Sent, result Result, refusal error) []byte {
	reply := exchange.Reply{At: in.now(), Outcome: exchange.Accepted, Problems: result.Problems}
	if refusal == nil {
		reply.Number = result.Receipt.Command.String()
	} else {
		if errs.KindOf(refusal) != errs.Invalid {
			return nil
		}
		reply.Problems = errs.Problems(refusal)
		switch {
		case exchange.OutcomeOf(refusal) == exchange.Unsupported:
			reply.Outcome = exchange.Unsupported
		case result.Message.Document == nil:
			reply.Outcome = exchange.Unreadable
		default:
			reply.Outcome = exchange.Rejected
		}
	}
	reply.Problems = a.Told(text.English, reply.Problems)
	return in.Formats.Reply(sent.Data, sent.Hint, reply)
}

// writeOwn sends the answer, with the status that JSON would have.
func writeOwn(w http.ResponseWriter, refusal error, answer []byte) error {
	status := http.StatusAccepted
	if refusal != nil {
		status = errs.KindOf(refusal).Status()
	}
	w.Header().Set("Content-Type", ownMedia)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	_, _ = w.Write(answer) // who has gone needs none
	return nil
}

// reply says in the sender's own format what came back on a message that was acknowledged.
func (in *Intake) reply(ctx context.Context, receipt ledger.Receipt, answers []Answer) (string, error) {
	_, submission, err := in.Engine.ReceiptOf(ctx, receipt.Command)
	if err != nil || submission == nil {
		return "", err
	}
	reply := exchange.Reply{At: in.now(), Number: receipt.Command.String(), Outcome: exchange.Accepted}
	if receipt.Outcome == ledger.Refused {
		reply.Outcome = exchange.Rejected
	}
	for _, a := range answers {
		reply.News = append(reply.News, exchange.News{At: a.At, What: a.Name, Kind: a.Kind, Result: a.Result, Function: a.Function, Reason: a.Reason, Note: a.Note})
	}
	return string(in.Formats.Reply(submission.Data, exchange.Hint{}, reply)), nil
}
