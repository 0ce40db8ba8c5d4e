// Package manifest is what the carrier says the vehicle carries (舱单), one document a crossing.
package manifest
