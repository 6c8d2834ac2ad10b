package integration

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// What npm installs. wrangler brings workerd, which is the engine of D1.
const (
	wranglerVersion = "4.80.0"
	dbmateVersion   = "2.36.0"

	// For machines whose Node is older than wrangler wants: 20.3.
	nodeVersion = "20.19.6"
	nodeMajor   = 20
)

// npmFolder returns the folder whose node_modules holds dbmate and wrangler.
// It is in the user's cache: installing takes a while, and 200 MB.
var npmFolder = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "rowhouse", "integration", "dbmate-"+dbmateVersion+"-wrangler-"+wranglerVersion)
	packages := []string{"dbmate@" + dbmateVersion, "wrangler@" + wranglerVersion}
	if major, err := machineNode(); err != nil {
		return "", err
	} else if major < nodeMajor {
		folder += "-node-" + nodeVersion
		packages = append(packages, nodePackage()+"@"+nodeVersion)
	}
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	return folder, npmInstall(folder, packages)
})

// npmInstall installs beside the folder and renames, so that a folder that
// exists is complete.
func npmInstall(folder string, packages []string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(folder), "install-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	// The scripts of esbuild, sharp and workerd only check what is installed.
	arguments := append([]string{"install", "--prefix", temporary, "--ignore-scripts", "--no-audit", "--no-fund"}, packages...)
	if out, err := exec.Command("npm", arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("npm %s: %w\n%s", strings.Join(arguments, " "), err, out)
	}
	err = os.Rename(temporary, folder)
	if errors.Is(err, os.ErrExist) {
		return nil // another run was faster
	}
	return err
}

// machineNode returns the major version of the Node that npm runs with.
func machineNode() (int, error) {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("node and npm are needed, which ship wrangler and dbmate: %w", err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(out), "v"), ".")
	return strconv.Atoi(major)
}

// nodePackage names the package that is Node itself.
func nodePackage() string {
	architecture := runtime.GOARCH
	if architecture == "amd64" {
		architecture = "x64"
	}
	return "node-" + runtime.GOOS + "-" + architecture
}

// npmCommand returns a command of a package of npmFolder.
func npmCommand(ctx context.Context, name string, arguments ...string) (*exec.Cmd, error) {
	folder, err := npmFolder()
	if err != nil {
		return nil, err
	}
	modules := filepath.Join(folder, "node_modules")
	path := filepath.Join(modules, nodePackage(), "bin") + string(os.PathListSeparator) + os.Getenv("PATH")
	command := exec.CommandContext(ctx, filepath.Join(modules, ".bin", name), arguments...)
	command.Env = append(os.Environ(), "PATH="+path)
	return command, nil
}
