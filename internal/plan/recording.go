package plan

// Recording says which statements on a table the log has to know the actor of.
type Recording int

// The kinds.
const (
	NotRecorded     Recording = iota
	RecordedRemoval           // those that remove rows: logged rows may go along
	Recorded                  // all that write
)

// planRecording decides it for every table: for those that are logged, those
// whose triggers may write anywhere, and those that others' keys lead to.
func (p *planner) planRecording(log *AuditLog) {
	for _, a := range log.Audited {
		a.Recording = Recorded
	}
	for _, trigger := range p.Schema.Triggers {
		if t := p.tables[p.Schema.Table(trigger.Table)]; t != nil {
			t.Recording = Recorded
		}
	}
	for changed := true; changed; {
		changed = false
		for _, t := range p.plan.Tables {
			for _, key := range t.source.ForeignKeys {
				parent := p.tables[p.Schema.Table(key.Table)]
				if t.Recording == NotRecorded || parent == nil {
					continue
				}
				recording := RecordedRemoval
				if changes(key.OnUpdate) {
					recording = Recorded
				}
				if parent.Recording < recording {
					parent.Recording, changed = recording, true
				}
			}
		}
	}
}

// changes reports whether an action of a foreign key changes rows.
func changes(action string) bool { return action != "NO ACTION" && action != "RESTRICT" }
