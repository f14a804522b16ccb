// Package contact holds the nouns of the house: the two sides, a record as one side shows it, a contact as the
// mapping reads it, the normal forms in which two values are the same, and the Book contract that every side keeps.
//
// It is pure: it reaches no network, no database and no clock.
package contact
