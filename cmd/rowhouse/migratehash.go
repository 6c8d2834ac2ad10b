package main

import (
	"fmt"
	"path"

	"github.com/spf13/cobra"
)

func migrateHashCommand(project *migrateFlags) *cobra.Command {
	return &cobra.Command{
		Use:   "hash",
		Short: "Write the checksums of the migrations to atlas.sum",
		Long: `Hash accepts the migrations as they are: run it after you wrote or edited one by
hand. A migration that is applied somewhere is not edited: apply refuses it there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, _, err := project.openMigrations(cmd)
			if err != nil {
				return err
			}
			if err := p.Directory.WriteSum(); err != nil {
				return fmt.Errorf("cannot write the checksums of %s: %w", p.Directory.Name, err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: %s\n", path.Join(p.Directory.Name, "atlas.sum"), count(len(p.Directory.Migrations), "file"))
			return nil
		},
	}
}
