package graphsim

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// mailbox holds the contact folders of one person. Its methods expect mu to be held unless they say otherwise.
type mailbox struct {
	ids *identifiers

	mu       sync.Mutex
	rootID   string // the parent of the default folder, never shown as a folder
	contacts *folder
	deleted  *folder // the deleted items: no contact folder, so no request finds it
	folders  map[string]*folder
	items    map[string]*item // by immutable and by present default id
	stamps   stampIndex
	trash    map[string]bool // lower-case names of deleted folders
	created  uint64

	changed func(f *folder, kind string, it *item) // told of every change; nil: nobody is

	deltaGeneration int // delta tokens of an older one are dead
	deltaTokens     uint64
}

// item is one contact. Values inside fields are never changed in place, so they may be read without the lock.
type item struct {
	immutableID string
	id          string // the default id; changes when the item moves
	changeKey   string
	created     time.Time
	modified    time.Time
	order       uint64 // creation order within the mailbox
	folder      *folder
	fields      map[string]any // Graph property -> value; absent is empty
	stamps      map[string]string
	spoiled     map[string]any // what answers show in place of properties
}

func newMailbox(ids *identifiers) *mailbox {
	m := &mailbox{
		ids: ids, rootID: ids.newFolder(), folders: map[string]*folder{}, items: map[string]*item{},
		stamps: stampIndex{}, trash: map[string]bool{},
	}
	m.contacts = m.addFolder("Contacts", nil)
	m.deleted = &folder{id: ids.newFolder(), name: "Deleted Items", log: newChangeLog()}
	return m
}

// create adds a contact with its first version.
func (m *mailbox) create(f *folder, fields map[string]any, stamps map[string]string, now time.Time) *item {
	m.created++
	it := &item{
		immutableID: m.ids.newImmutable(), id: m.ids.newDefault(), changeKey: m.ids.newChangeKey(),
		created: now, modified: now, order: m.created, folder: f, fields: fields, stamps: map[string]string{},
	}
	m.items[it.immutableID], m.items[it.id] = it, it
	f.insert(it)
	m.stamp(it, stamps)
	f.log.upsert(it)
	m.tell(f, "created", it)
	return it
}

// update gives a contact new content and a new version.
func (m *mailbox) update(it *item, fields map[string]any, stamps map[string]string, now time.Time) {
	it.fields = fields
	m.stamp(it, stamps)
	m.touch(it, now)
	it.folder.log.upsert(it)
	m.tell(it.folder, "updated", it)
}

func (m *mailbox) tell(f *folder, kind string, it *item) {
	if m.changed != nil {
		m.changed(f, kind, it)
	}
}

func (m *mailbox) touch(it *item, now time.Time) {
	it.changeKey, it.modified = m.ids.newChangeKey(), now
}

// delete takes a contact away for good, or first keeps it among the deleted items.
func (m *mailbox) delete(it *item, keep bool, now time.Time) {
	if keep && it.folder != m.deleted {
		m.move(it, m.deleted, now)
		return
	}
	delete(m.items, it.immutableID)
	delete(m.items, it.id)
	m.stamps.removeAll(it)
	it.folder.remove(it)
	it.folder.log.remove(it, now)
	m.tell(it.folder, "deleted", it)
}

// move puts a contact into another folder, as a person can do in Outlook: the default id changes, the immutable one
// stays.
func (m *mailbox) move(it *item, to *folder, now time.Time) {
	if it.folder == to {
		return
	}
	it.folder.remove(it)
	it.folder.log.remove(it, now)
	m.tell(it.folder, "deleted", it)
	delete(m.items, it.id)
	it.id, it.folder = m.ids.newDefault(), to
	m.items[it.id] = it
	m.touch(it, now)
	to.insert(it)
	to.log.upsert(it)
	m.tell(to, "created", it)
}

func (m *mailbox) stamp(it *item, stamps map[string]string) {
	for property, value := range stamps {
		m.stamps.set(it, property, value)
	}
}

// resetDelta takes the lock itself.
func (m *mailbox) resetDelta() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.deltaGeneration++
}

// folder is one contact folder with its living contacts in creation order and its change log.
type folder struct {
	id     string
	name   string
	parent *folder // nil for the default folder
	items  []*item
	order  int
	log    *changeLog
}

func (m *mailbox) addFolder(name string, parent *folder) *folder {
	f := &folder{id: m.ids.newFolder(), name: name, parent: parent, order: len(m.folders), log: newChangeLog()}
	m.folders[f.id] = f
	return f
}

// children lists the folders directly below parent in creation order.
func (m *mailbox) children(parent *folder) []*folder {
	var list []*folder
	for _, f := range m.folders {
		if f.parent == parent {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *folder) int { return a.order - b.order })
	return list
}

// folder finds a folder by id, or the default one by its well-known name or "".
func (m *mailbox) folder(id string) *folder {
	if id == "" || strings.EqualFold(id, "contacts") {
		return m.contacts
	}
	return m.folders[id]
}

func (m *mailbox) removeFolder(f *folder, now time.Time) {
	for _, child := range m.children(f) {
		m.removeFolder(child, now)
	}
	for len(f.items) > 0 {
		m.delete(f.items[len(f.items)-1], false, now)
	}
	delete(m.folders, f.id)
	m.trash[strings.ToLower(f.name)] = true
}

func (f *folder) insert(it *item) {
	at, _ := f.find(it)
	f.items = slices.Insert(f.items, at, it)
}

func (f *folder) remove(it *item) {
	if at, found := f.find(it); found {
		f.items = slices.Delete(f.items, at, at+1)
	}
}

func (f *folder) find(it *item) (int, bool) {
	return slices.BinarySearchFunc(f.items, it.order, func(a *item, order uint64) int {
		return int(int64(a.order) - int64(order))
	})
}
