// Package declaration is what the trader says the goods are (报关单): lodged, judged, amended, withdrawn, released.
package declaration
