package contact

import "fmt"

// Side is one of the two address books. It is a value, never a reason for a second pipeline.
type Side string

// The two sides.
const (
	VTiger  Side = "vtiger"
	Outlook Side = "outlook"
)

// Sides lists both, in the order in which plans treat them.
var Sides = [2]Side{VTiger, Outlook}

// Other is the opposite side.
func (s Side) Other() Side {
	if s == VTiger {
		return Outlook
	}
	return VTiger
}

// Title is the side's name as people write it.
func (s Side) Title() string {
	if s == VTiger {
		return "vTiger"
	}
	return "Outlook"
}

// EnsureValid refuses anything but the two sides.
func (s Side) EnsureValid() error {
	if s != VTiger && s != Outlook {
		return fmt.Errorf("side %q is neither vtiger nor outlook", string(s))
	}
	return nil
}

// Direction says which way values may travel.
type Direction string

// The three directions.
const (
	Both      Direction = "both"
	ToOutlook Direction = "toOutlook"
	ToVTiger  Direction = "toVtiger"
)

// Allows tells whether values may travel into the target side. The zero Direction is Both.
func (d Direction) Allows(target Side) bool {
	switch d {
	case ToOutlook:
		return target == Outlook
	case ToVTiger:
		return target == VTiger
	default:
		return true
	}
}

// EnsureValid refuses anything but the three directions.
func (d Direction) EnsureValid() error {
	switch d {
	case Both, ToOutlook, ToVTiger:
		return nil
	}
	return fmt.Errorf("direction %q is none of both, toOutlook, toVtiger", string(d))
}
