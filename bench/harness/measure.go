package harness

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// Plan is how long to measure.
type Plan struct {
	Rounds int
	Turn   time.Duration // CPU time that a contestant's turn of a round should take
}

// Sample is what one turn of a contestant took, for one call of the workload.
type Sample struct {
	CPU    time.Duration // user and system, of all threads: the garbage collector counts
	Wall   time.Duration
	Allocs float64
}

// Samples are what was measured of a workload: for each contestant, a sample of each round.
type Samples map[string][]Sample

// Measure times all contestants on each workload, round by round, and hands
// over the samples of each workload as it is done.
func (a *Arena) Measure(
	ctx context.Context,
	entrants []Entrant,
	workloads []Workload,
	plan Plan,
	done func(Workload, Samples) error,
) (err error) {
	var players []*player
	defer func() {
		for _, p := range players {
			err = errors.Join(err, p.db.Close())
		}
	}()
	for _, e := range entrants {
		p, err := a.enterTimed(ctx, e)
		if err != nil {
			return err
		}
		players = append(players, p)
	}
	for _, w := range workloads {
		samples, err := measure(ctx, players, w, plan)
		if err != nil {
			return err
		}
		if err := done(w, samples); err != nil {
			return err
		}
	}
	return nil
}

func (a *Arena) enterTimed(ctx context.Context, e Entrant) (*player, error) {
	dsn, err := a.copy(e.Name)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return a.enter(ctx, e, db)
}

func measure(ctx context.Context, players []*player, w Workload, plan Plan) (Samples, error) {
	cycles := make([]int, len(players))
	for i, p := range players {
		n, err := p.calibrate(ctx, w, plan.Turn)
		if err != nil {
			return nil, err
		}
		cycles[i] = n
	}
	samples := Samples{}
	for round := range plan.Rounds {
		for turn := range players {
			// Each round begins with another contestant.
			i := (turn + round) % len(players)
			s, err := players[i].turn(ctx, w, cycles[i])
			if err != nil {
				return nil, err
			}
			samples[players[i].name] = append(samples[players[i].name], s)
		}
	}
	return samples, nil
}

// calibrate returns how many cycles of inputs fill a turn. Its first cycle
// fills the caches: statements that are prepared on first use, pages, pools.
func (p *player) calibrate(ctx context.Context, w Workload, turn time.Duration) (int, error) {
	if _, err := p.turn(ctx, w, 1); err != nil {
		return 0, err
	}
	s, err := p.turn(ctx, w, 1)
	if err != nil {
		return 0, err
	}
	cycle := s.CPU * time.Duration(w.inputs)
	return max(1, int(turn/max(cycle, time.Microsecond))), nil
}

// turn runs the cycle of inputs a number of times. What undoes a call
// is not measured, and nobody reads what others left in the log: a
// contestant that does not run RETURNING to its end never has it emptied.
func (p *player) turn(ctx context.Context, w Workload, cycles int) (Sample, error) {
	op := w.of(p.Contestant)
	if _, err := p.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return Sample{}, fmt.Errorf("%s: empty the log: %w", p.name, err)
	}
	runtime.GC()
	var watch stopwatch
	watch.start()
	for range cycles {
		for input := range w.inputs {
			if err := op.run(ctx, input); err != nil {
				return Sample{}, fmt.Errorf("%s: %s: %w", p.name, w.Name, err)
			}
			if w.undo != "" {
				watch.stop()
				if err := p.undo(ctx, w); err != nil {
					return Sample{}, err
				}
				watch.start()
			}
		}
	}
	watch.stop()
	return watch.per(cycles * w.inputs), nil
}

// stopwatch adds up what happens between start and stop.
type stopwatch struct {
	cpu, wall time.Duration
	allocs    uint64

	cpuStart    time.Duration
	wallStart   time.Time
	allocsStart uint64
}

func (s *stopwatch) start() {
	s.allocsStart = allocations()
	s.wallStart = time.Now()
	s.cpuStart = cpuTime()
}

func (s *stopwatch) stop() {
	s.cpu += cpuTime() - s.cpuStart
	s.wall += time.Since(s.wallStart)
	s.allocs += allocations() - s.allocsStart
}

func (s *stopwatch) per(calls int) Sample {
	return Sample{
		CPU:    s.cpu / time.Duration(calls),
		Wall:   s.wall / time.Duration(calls),
		Allocs: float64(s.allocs) / float64(calls),
	}
}

// cpuTime is what the process has used so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // there is no argument that could be wrong
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func allocations() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}

// median returns the middle of the values; they must not be none.
func median[N time.Duration | float64](values []N) N {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
