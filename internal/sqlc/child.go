// Package sqlc is the only package that talks to sqlc. It turns queries/*.sql
// into [model.Query], the first station of the pipeline, in one of two ways:
//
//   - [Analyze] runs sqlc itself, for rowhouse generate;
//   - [ReadRequest] takes what sqlc hands to its plugins, for sqlc generate.
//
// Both end in the same code (compile.go), which checks sqlc's result against
// the file the query came from: sqlc drops or misnumbers parameters of some
// queries without a word, and such a query could read another tenant's rows.
// Of sqlc's findings, only names are used: rowhouse numbers the parameters
// itself, and internal/typing says what they and the columns hold.
//
// The command :iter is rowhouse's own. [Analyze] shows sqlc :many in its place;
// sqlc generate refuses it before any plugin runs.
package sqlc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/sqlc-dev/sqlc/pkg/cli"

	_ "github.com/rowhouse/rowhouse/internal/sqlc/onedriver" // or the program panics at its start
)

// ChildCommand is the hidden command under which a program that imports this
// package must call [Main] with the arguments that follow it.
const ChildCommand = "__sqlc"

// Main runs sqlc's command line in this process and returns its exit code; it
// may also exit by itself. It is for the child process alone: sqlc keeps
// global state, and calls os.Exit on any error.
func Main(args []string) int { return cli.Run(args) }

// runChild runs sqlc in folder dir by starting this very executable again.
// It returns what sqlc wrote to stderr, and whether it succeeded.
func runChild(ctx context.Context, dir string, args ...string) (stderr string, ok bool, err error) {
	executable, err := os.Executable()
	if err != nil {
		return "", false, fmt.Errorf("find the executable of rowhouse: %w", err)
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, executable, append([]string{ChildCommand}, args...)...)
	cmd.Dir = dir
	cmd.Env = childEnv()
	cmd.Stderr = &output
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", false, fmt.Errorf("run sqlc: %w", ctx.Err())
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return "", false, fmt.Errorf("run sqlc: %w", err)
	}
	return output.String(), err == nil, nil
}

// childEnv is the environment of the child: nothing by which a user's
// settings of sqlc could change the result, or have it use the network.
func childEnv() []string {
	env := []string{"SQLCDEBUG=processplugins=0"}
	for _, name := range []string{"SYSTEMROOT", "GOCOVERDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
