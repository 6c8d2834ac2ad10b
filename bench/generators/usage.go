package main

import (
	"bytes"
	"fmt"
	"math"
	"os/exec"
	"syscall"
	"time"
)

// usage is what a command took, with the processes that it started.
type usage struct {
	Wall   float64 `json:"wall_s"`
	CPU    float64 `json:"cpu_s"`
	Memory float64 `json:"memory_mb"` // most that was resident, of the largest process
}

// String is three cells of the table.
func (u *usage) String() string {
	if u == nil {
		return "\t\t"
	}
	return fmt.Sprintf("%.2f s\t%.2f s\t%.0f MB", u.Wall, u.CPU, u.Memory)
}

// measured runs a command. What it prints is part of the error if it fails.
func measured(cmd *exec.Cmd) (usage, error) {
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", cmd, err, printed.Bytes())
	}
	state := cmd.ProcessState
	u := usage{
		Wall: hundredths(wall.Seconds()),
		CPU:  hundredths((state.UserTime() + state.SystemTime()).Seconds()),
	}
	if rusage, ok := state.SysUsage().(*syscall.Rusage); ok {
		u.Memory = math.Round(float64(rusage.Maxrss) / 1024) // kilobytes, on Linux
	}
	return u, nil
}

func hundredths(seconds float64) float64 { return math.Round(seconds*100) / 100 }
