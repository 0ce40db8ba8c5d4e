package board

import (
	"context"
	"fmt"
	"strings"

	"github.com/guomen/guomen/internal/ledger"
	"github.com/guomen/guomen/movement"
	"github.com/guomen/guomen/port"
)

// Board answers from the view.
type Board struct{ Views *ledger.Views }

// Wait returns when the board has applied a ledger up to a sequence.
func (b *Board) Wait(ctx context.Context, name ledger.Name, seq uint64) error {
	return b.Views.Wait(ctx, Name, name, seq)
}

// Row is one movement as lists show it.
type Row struct {
	ID          string         `json:"id"`
	Port        port.PortID    `json:"port"`
	Direction   port.Direction `json:"direction"`
	State       movement.State `json:"state"`
	Batch       string         `json:"batch,omitempty"`
	Plate       port.Plate     `json:"plate"`
	Goods       string         `json:"goods,omitempty"`
	Mass        port.Kilograms `json:"mass,omitempty"`
	By          string         `json:"by,omitempty"`
	Nationality port.Country   `json:"nationality,omitempty"`
	Announced   port.Time      `json:"announced,omitempty"`
	Entered     port.Time      `json:"entered,omitempty"`
	Gone        port.Time      `json:"gone,omitempty"`
	Updated     port.Time      `json:"updated"`
	Lane        port.LaneID    `json:"lane,omitempty"`
	Held        string         `json:"held,omitempty"` // what keeps the gate shut, as last decided
	Override    string         `json:"override,omitempty"`
}

const rowColumns = "id, port, direction, state, batch, plate, goods, mass, organisation, nationality, announced, entered, gone, updated, lane, held, override"

func scanRow(scan func(...any) error) (r Row, err error) {
	var id, at, direction, state, plate, nationality, lane string
	var mass, announced, entered, gone, updated int64
	err = scan(&id, &at, &direction, &state, &r.Batch, &plate, &r.Goods, &mass, &r.By, &nationality, &announced, &entered, &gone, &updated, &lane, &r.Held, &r.Override)
	r.ID, r.Port, r.Direction, r.State, r.Plate, r.Nationality = id, port.PortID(at), port.Direction(direction), movement.State(state), port.Plate(plate), port.Country(nationality)
	r.Mass, r.Announced, r.Entered, r.Gone, r.Updated, r.Lane = port.Kilograms(mass), port.Time(announced), port.Time(entered), port.Time(gone), port.Time(updated), port.LaneID(lane)
	return r, err
}

// where gathers conditions with their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string, arg any) {
	w.args = append(w.args, arg)
	w.conditions = append(w.conditions, fmt.Sprintf(condition, len(w.args)))
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

// Filter chooses movements. Empty fields choose all; Organisation limits to what it announced or declared.
type Filter struct {
	Port         port.PortID
	State        movement.State
	Plate        port.Plate
	Open         bool
	Organisation string
	After        string // id of the last row of the page before; rows come newest first
	Limit        int
}

// Movements lists movements, newest first.
func (b *Board) Movements(ctx context.Context, f Filter) (rows []Row, err error) {
	var w where
	if f.Port != "" {
		w.and("port = $%d", string(f.Port))
	}
	if f.State != "" {
		w.and("state = $%d", string(f.State))
	}
	if f.Plate != "" {
		w.and("plate_key = $%d", f.Plate.Key())
	}
	if f.After != "" {
		w.and("id < $%d", f.After)
	}
	if f.Open {
		w.and("gone = $%d", int64(0))
	}
	if f.Organisation != "" {
		w.and("(organisation = $%[1]d OR id IN (SELECT c.movement FROM {v}carried c JOIN {v}declaration d ON d.consignment = c.consignment WHERE d.organisation = $%[1]d))", f.Organisation)
	}
	limit := f.Limit
	w.args = append(w.args, int64(limit))
	query := "SELECT " + rowColumns + " FROM {v}movement" + w.String() + fmt.Sprintf(" ORDER BY id DESC LIMIT $%d", len(w.args))
	return rows, b.read(ctx, query, w.args, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
}

// Newest lists the movements that something happened to last, over the ports or at one.
func (b *Board) Newest(ctx context.Context, at port.PortID, limit int) (rows []Row, err error) {
	query, args := "SELECT "+rowColumns+" FROM {v}movement ORDER BY updated DESC LIMIT $1", []any{int64(limit)}
	if at != "" {
		query, args = "SELECT "+rowColumns+" FROM {v}movement WHERE port = $1 ORDER BY updated DESC LIMIT $2", []any{string(at), int64(limit)}
	}
	return rows, b.read(ctx, query, args, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
}

func (b *Board) read(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	return b.Views.Read(ctx, Name, func(tx ledger.ViewTx) error { return tx.Query(query, args, row) })
}

// Search finds movements by plate, batch, container, waybill, declaration number or reference, newest first.
func (b *Board) Search(ctx context.Context, key string, limit int) (rows []Row, err error) {
	key = strings.TrimSpace(key)
	if key == "" {
		return nil, nil
	}
	plate := port.Plate(key).Key()
	query := "SELECT " + rowColumns + ` FROM {v}movement WHERE id IN (
		SELECT subject FROM {v}found WHERE key = $1 AND kind = 'movement'
		UNION SELECT subject FROM {v}found WHERE key = $2 AND kind = 'movement'
		UNION SELECT c.movement FROM {v}found f JOIN {v}carried c ON c.consignment = f.subject WHERE f.key = $1 AND f.kind = 'consignment')
		ORDER BY updated DESC LIMIT $3`
	return rows, b.read(ctx, query, []any{key, plate, int64(limit)}, func(scan func(...any) error) error {
		r, err := scanRow(scan)
		rows = append(rows, r)
		return err
	})
}

// Queued is one requirement in a queue, with the movement it bears on.
type Queued struct {
	ID       movement.RequirementID `json:"id"`
	Port     port.PortID            `json:"port"`
	Subject  string                 `json:"subject"`
	Kind     port.RequirementKind   `json:"kind"`
	Function port.Function          `json:"function"`
	State    port.RequirementState  `json:"state"`
	Result   port.Result            `json:"result,omitempty"`
	Opened   port.Time              `json:"opened"`
	Movement string                 `json:"movement,omitempty"`
	Plate    port.Plate             `json:"plate,omitempty"`
}

// QueueFilter chooses requirements.
type QueueFilter struct {
	Port      port.PortID
	Functions []port.Function
	Owned     []OwnedAt // of an organisation: a function of it at a port, any of these; none: whoever owns it
	State     port.RequirementState
	After     string
	Limit     int
}

// OwnedAt is a function that somebody has at a port.
type OwnedAt struct {
	Port     port.PortID
	Function port.Function
}

// Queue lists requirements in order of id, which is about the order in which their subjects came.
func (b *Board) Queue(ctx context.Context, f QueueFilter) (list []Queued, err error) {
	var w where
	if f.Port != "" {
		w.and("r.port = $%d", string(f.Port))
	}
	w.and("r.live = $%d", int64(1))
	if f.State != "" {
		w.and("r.state = $%d", string(f.State))
	}
	if len(f.Functions) > 0 {
		marks := make([]string, len(f.Functions))
		for i, function := range f.Functions {
			w.args = append(w.args, string(function))
			marks[i] = fmt.Sprintf("$%d", len(w.args))
		}
		w.conditions = append(w.conditions, "r.function IN ("+strings.Join(marks, ", ")+")")
	}
	if len(f.Owned) > 0 {
		pairs := make([]string, len(f.Owned))
		for i, one := range f.Owned {
			w.args = append(w.args, string(one.Port), string(one.Function))
			pairs[i] = fmt.Sprintf("(r.port = $%d AND r.function = $%d)", len(w.args)-1, len(w.args))
		}
		w.conditions = append(w.conditions, "("+strings.Join(pairs, " OR ")+")")
	}
	if f.After != "" {
		w.and("r.id > $%d", f.After)
	}
	w.args = append(w.args, int64(f.Limit))
	query := `SELECT r.id, r.port, r.subject, r.kind, r.function, r.state, r.result, r.opened,
		coalesce(m.id, ''), coalesce(m.plate, '') FROM {v}requirement r
		LEFT JOIN {v}movement m ON m.id = coalesce((SELECT max(movement) FROM {v}carried c WHERE c.consignment = r.subject), r.subject)` +
		w.String() + fmt.Sprintf(" ORDER BY r.id LIMIT $%d", len(w.args))
	return list, b.read(ctx, query, w.args, func(scan func(...any) error) error {
		var q Queued
		var id, at, kind, function, state, result, plate string
		var opened int64
		err := scan(&id, &at, &q.Subject, &kind, &function, &state, &result, &opened, &q.Movement, &plate)
		q.ID, q.Port, q.Kind, q.Function = movement.RequirementID(id), port.PortID(at), port.RequirementKind(kind), port.Function(function)
		q.State, q.Result, q.Opened, q.Plate = port.RequirementState(state), port.Result(result), port.Time(opened), port.Plate(plate)
		list = append(list, q)
		return err
	})
}

// Trail lists the sequences of the facts that are about any of the subjects, in order.
func (b *Board) Trail(ctx context.Context, subjects []string, limit int) (seqs []uint64, err error) {
	marks, args := make([]string, len(subjects)), make([]any, len(subjects))
	for i, subject := range subjects {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), subject
	}
	args = append(args, int64(limit))
	query := "SELECT DISTINCT seq FROM {v}trail WHERE subject IN (" + strings.Join(marks, ", ") + fmt.Sprintf(") ORDER BY seq LIMIT $%d", len(args))
	return seqs, b.read(ctx, query, args, func(scan func(...any) error) error {
		var seq int64
		err := scan(&seq)
		seqs = append(seqs, uint64(seq))
		return err
	})
}

// Declared is one declaration of a consignment.
type Declared struct {
	ID           string    `json:"id"`
	Organisation string    `json:"organisation"`
	Reference    string    `json:"reference"`
	Number       string    `json:"number,omitempty"`
	State        string    `json:"state"`
	Lodged       port.Time `json:"lodged"`
}

// Declarations lists the declarations of a consignment.
func (b *Board) Declarations(ctx context.Context, consignment string) (list []Declared, err error) {
	query := "SELECT id, organisation, reference, number, state, lodged FROM {v}declaration WHERE consignment = $1 ORDER BY id"
	return list, b.read(ctx, query, []any{consignment}, func(scan func(...any) error) error {
		var d Declared
		var lodged int64
		err := scan(&d.ID, &d.Organisation, &d.Reference, &d.Number, &d.State, &lodged)
		d.Lodged = port.Time(lodged)
		list = append(list, d)
		return err
	})
}

// Carriers lists the movements that carry or carried a consignment.
func (b *Board) Carriers(ctx context.Context, consignment string) (ids []string, err error) {
	return ids, b.read(ctx, "SELECT movement FROM {v}carried WHERE consignment = $1 ORDER BY movement", []any{consignment}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
}

// Count is how many movements of a port stand in a state, by direction.
type Count struct {
	Port      port.PortID
	Direction port.Direction
	State     movement.State
	Held      bool
	N         int64
	Since     port.Time // when the first of those held was held; absent where none is
}

// Counts counts the open movements of every port.
func (b *Board) Counts(ctx context.Context) (list []Count, err error) {
	query := "SELECT port, direction, state, CASE held WHEN '' THEN 0 ELSE 1 END, count(*), min(held_since) FROM {v}movement WHERE gone = 0 GROUP BY 1, 2, 3, 4"
	return list, b.read(ctx, query, nil, func(scan func(...any) error) error {
		var at, direction, state string
		var held, n, since int64
		err := scan(&at, &direction, &state, &held, &n, &since)
		list = append(list, Count{port.PortID(at), port.Direction(direction), movement.State(state), held == 1, n, port.Time(since)})
		return err
	})
}

// HourRow is what left a port in one direction in one hour.
type HourRow struct {
	Port      port.PortID
	Direction port.Direction
	Hour      port.Time // its start
	Crossings int64
	Mass      port.Kilograms
}

// Hours lists what left since an instant, by hour.
func (b *Board) Hours(ctx context.Context, since port.Time) (list []HourRow, err error) {
	query := "SELECT port, direction, hour, crossings, mass FROM {v}hour WHERE hour >= $1 ORDER BY hour, port, direction"
	return list, b.read(ctx, query, []any{int64(since) / int64(port.Hour)}, func(scan func(...any) error) error {
		var at, direction string
		var hour, crossings, mass int64
		err := scan(&at, &direction, &hour, &crossings, &mass)
		list = append(list, HourRow{port.PortID(at), port.Direction(direction), port.Time(hour) * port.Time(port.Hour), crossings, port.Kilograms(mass)})
		return err
	})
}

// LaneRow is what a lane saw last.
type LaneRow struct {
	Lane     port.LaneID
	At       port.Time
	Plate    port.Plate
	Decision port.GateDecision
	Movement string
}

// Lanes lists what the lanes of a port saw last.
func (b *Board) Lanes(ctx context.Context, at port.PortID) (list []LaneRow, err error) {
	query := "SELECT lane, at, plate, decision, movement FROM {v}lane WHERE port = $1 ORDER BY lane"
	return list, b.read(ctx, query, []any{string(at)}, func(scan func(...any) error) error {
		var lane, plate, decision, movement string
		var at int64
		err := scan(&lane, &at, &plate, &decision, &movement)
		list = append(list, LaneRow{port.LaneID(lane), port.Time(at), port.Plate(plate), port.GateDecision(decision), movement})
		return err
	})
}

// OwnerCount is how many requirements of a port wait for one function.
type OwnerCount struct {
	Port     port.PortID
	Function port.Function
	State    port.RequirementState
	N        int64
	Oldest   port.Time
}

// Owners counts the requirements that are not settled, by who owns them.
func (b *Board) Owners(ctx context.Context, at port.PortID) (list []OwnerCount, err error) {
	query := "SELECT port, function, state, count(*), min(opened) FROM {v}requirement WHERE port = $1 AND live = 1 AND state IN ('open', 'held', 'refused') GROUP BY port, function, state ORDER BY 2, 3"
	return list, b.read(ctx, query, []any{string(at)}, func(scan func(...any) error) error {
		var at, function, state string
		var n, oldest int64
		err := scan(&at, &function, &state, &n, &oldest)
		list = append(list, OwnerCount{port.PortID(at), port.Function(function), port.RequirementState(state), n, port.Time(oldest)})
		return err
	})
}

// Release is one consignment's release: arrived at the supervised place, released; absent where it has not.
type Release struct {
	Port      port.PortID
	Direction port.Direction
	Arrived   port.Time
	Declared  port.Time
	Released  port.Time
	Inspected bool
}

// Releases lists those released within a span, in order, at most limit.
func (b *Board) Releases(ctx context.Context, at port.PortID, direction port.Direction, from, to port.Time, limit int) (list []Release, err error) {
	var w where
	w.and("released >= $%d", int64(max(from, 1)))
	w.and("released < $%d", int64(to))
	if at != "" {
		w.and("port = $%d", string(at))
	}
	if direction != "" {
		w.and("direction = $%d", string(direction))
	}
	w.args = append(w.args, int64(limit))
	query := "SELECT port, direction, arrived, declared, released, inspected FROM {v}release" + w.String() + fmt.Sprintf(" ORDER BY released DESC LIMIT $%d", len(w.args))
	return list, b.read(ctx, query, w.args, func(scan func(...any) error) error {
		var at, direction string
		var arrived, declared, released, inspected int64
		err := scan(&at, &direction, &arrived, &declared, &released, &inspected)
		list = append(list, Release{port.PortID(at), port.Direction(direction), port.Time(arrived), port.Time(declared), port.Time(released), inspected == 1})
		return err
	})
}

// Event is one fact that concerns an organisation.
type Event struct {
	N      int64
	Ledger ledger.Name
	Seq    uint64
}

// Events lists an organisation's events after a cursor.
func (b *Board) Events(ctx context.Context, organisation string, after int64, limit int) (list []Event, err error) {
	query := "SELECT n, ledger, seq FROM {v}event WHERE organisation = $1 AND n > $2 ORDER BY n LIMIT $3"
	return list, b.read(ctx, query, []any{organisation, after, int64(limit)}, func(scan func(...any) error) error {
		var e Event
		var name string
		var seq int64
		err := scan(&e.N, &name, &seq)
		e.Ledger, e.Seq = ledger.Name(name), uint64(seq)
		list = append(list, e)
		return err
	})
}

// Quantile reads a quantile of sorted values, between neighbours in proportion.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// Progress is how much of what is required of a movement, and of what it carries, is settled.
type Progress struct{ Settled, All int64 }

// Progress counts requirements of open movements; one that has gone has none left.
func (b *Board) Progress(ctx context.Context, rows []Row) (map[string]Progress, error) {
	progress := map[string]Progress{}
	if len(rows) == 0 {
		return progress, nil
	}
	marks, args := make([]string, len(rows)), make([]any, len(rows))
	for i := range rows {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), rows[i].ID
	}
	list := strings.Join(marks, ", ")
	query := `SELECT movement, count(*), sum(CASE WHEN state IN ('met', 'waived', 'lapsed') THEN 1 ELSE 0 END) FROM (
		SELECT subject AS movement, state FROM {v}requirement WHERE subject IN (` + list + `)
		UNION ALL SELECT c.movement, r.state FROM {v}carried c JOIN {v}requirement r ON r.subject = c.consignment AND r.live = 1 WHERE c.movement IN (` + list + `)) AS all_of GROUP BY movement`
	return progress, b.read(ctx, query, args, func(scan func(...any) error) error {
		var id string
		var p Progress
		err := scan(&id, &p.All, &p.Settled)
		progress[id] = p
		return err
	})
}
