package rulebook

import "strings"

// Found is one rule that the procedures of the ports give: where it stands in the project's domain facts, what it says,
// the clauses that express it, and, where clauses do not or not wholly, who does instead or why nobody can.
type Found struct {
	Section string // of the domain facts
	Rule    string
	Clauses []string
	Rest    string
}

// Inventory lists every clock, cross-check and rule about designated sites of the procedures, in their order, and what
// became of it. Every clause of the book stands in it, and docs/rulebook.md prints it.
func Inventory() []Found {
	var list []Found
	for _, f := range []struct{ section, rule, clauses, rest string }{
		{"3", "Imports are declared within 14 days of the conveyance's declared entry", "customs.declaration_due", ""},
		{"3", "Exports are declared after arrival in the supervised area and 24 h before loading", "customs.check_export_declared", "whether customs has permitted otherwise is customs' knowledge: papers, no hold"},
		{"3", "Not declared for three months: customs may sell", "customs.undeclared_sale", "the sale itself is customs' act"},
		{"3", "Late declaration fee", "", "its rate is general knowledge, and a fee is no requirement: fees are a capability of their own"},
		{"3", "Misloaded and overlanded goods go back within three months, plus three", "customs.misloaded_return", "the extension is customs' act"},
		{"3", "Goods under supervision are not moved or delivered without permission, until release after tax or guarantee", "customs.release_import customs.release_export customs.release_declared", "what is taken out never exceeds what came in: package cargo"},
		{"3", "The owner attends, opens and reseals; customs may open directly", "customs.examination_attended", ""},
		{"3", "Tax within 15 days of the declaration", "customs.tax_due", "汇总征税 to the fifth working day of the next month: the calendar of working days is not known"},
		{"3", "Reassessment within three years, late fee 0.05 % a day", "", "after the crossing, between customs and the payer; nothing at the port waits for it"},
		{"3", "Declared truthfully, with goods, code and masses that can be true", "customs.declaration_number_unique customs.declaration_items customs.item_description customs.item_hs customs.net_above_gross customs.net_above_gross_total customs.goods_items_count", ""},
		{"3.1", "Import main data: road 1 h, rail 2 h before arrival", "customs.manifest_main_data_late customs.manifest_accepted_import", ""},
		{"3.1", "Import main data, air: before take-off, or 4 h before arrival for flights over 4 h", "customs.manifest_main_data_air", ""},
		{"3.1", "Import main data, sea: 24 h before loading", "", "the region has no sea port"},
		{"3.1", "Other data before arrival at the destination", "", "by road both come in one message [S:63]; for rail and air which fields are other data was not found"},
		{"3.1", "Export pre-manifest before loading starts: road 1 h, rail 2 h, air 4 h", "customs.manifest_export_late customs.manifest_accepted_export", ""},
		{"3.1", "Loading manifest 30 minutes before loading", "", "general knowledge, and by road the outbound confirmation has taken it in [S:63]"},
		{"3.1", "The conveyance notifies its expected, then its exact arrival, and declares it", "customs.manifest_expected customs.confirmation_expected customs.confirmation_late customs.confirmed", "the platform's stamp of the declared entry is the entry gate"},
		{"3.1", "Arrival report when the goods come into the supervised place", "customs.arrival_reported customs.report_place customs.report_time customs.report_batch customs.report_container", ""},
		{"3.1", "Tally report within six hours", "customs.tallied customs.tally_due_export customs.tally_due_import customs.tally_counts", "six hours of departure is sourced; of unloading, general knowledge and without a stamp"},
		{"3.1", "Tally and arrival report agree with the manifest", "customs.check_tally_mass customs.check_tally_packages customs.check_tally_containers customs.check_arrival_mass customs.check_arrival_packages customs.check_arrival_containers", ""},
		{"3.1", "A change of a manifest has a reason 001-015 or 999", "customs.manifest_change_reason", "what each code means was not found; deletion by batch number is package manifest's"},
		{"3.1", "One batch number, 13 digits, names one crossing", "customs.batch_number customs.check_batch customs.confirmation_batch customs.batch_unique", "that it names only one crossing is known in hold: package claim"},
		{"3.1", "One waybill over several vehicles has one batch number; they cross together", "customs.split_waybill_batch", "that they cross together needs the other movements: package movement"},
		{"3.1", "The inbound confirmation carries countries, crew, health and vaccination", "customs.confirmation_routing customs.confirmation_crew customs.confirmation_health customs.confirmation_waybills", ""},
		{"3.1", "Release 11, refusal to load 12, no unloading 13", "", "verdicts on manifest_accepted, not conditions"},
		{"3.1", "Rail 归并: same ports, day, train, parties, contract and goods", "", "compares several consignments, and a clause sees one; the contract number is in no manifest"},
		{"3.1", "Rail fast clearance stands in for the transit declaration", "", "on application of the operator; nothing says which trains"},
		{"3.1", "Numbers with check digits: containers, wagons, firms, UN numbers", "customs.container_check_digit customs.container_free customs.declared_container customs.confirmation_container customs.importer_credit_code customs.exporter_credit_code customs.un_number customs.petroleum_un_number railway.wagon_number", ""},
		{"3.2", "Early declaration needs waybill or manifest", "customs.early_declaration", ""},
		{"3.2", "Early import: after the start, before arrival", "customs.check_early_import", ""},
		{"3.2", "Early export: within three days before arrival, else explain, amend, withdraw", "customs.check_early_export customs.early_arrival_due", ""},
		{"3.3", "Summary declaration: at least nine items", "customs.summary_minimum", ""},
		{"3.3", "Taxable goods: a guarantee filed first", "customs.two_step_guarantee", ""},
		{"3.3", "Types X and Y are two-step imports", "customs.two_step_type customs.two_step_import_only", ""},
		{"3.3", "Take-away with customs' consent", "customs.release_declared", "the consent is the verdict on customs_release; that it is no final release is seen by the clock for the full declaration"},
		{"3.3", "Full declaration within 14 days of the entry, reminders at 10 and 13", "customs.full_declaration_due", ""},
		{"3.3", "Inspection is ordered at the first step only, after arrival", "", "an order is a verdict; package movement blocks an inspection before arrival"},
		{"3.3", "Failing the second step affects eligibility", "", "needs the firm's history: a register of parties"},
		{"3.4", "合规提离, 附条件提离", "quarantine.admission_waits quarantine.admission_conditional", "which way is customs' decision, and comes with the cross-check"},
		{"3.4", "转场检查, 目的地检查, within a term; seals intact, no sale or use before", "customs.destination_inspection customs.destination_due customs.check_seals_intact", "the days were not found: the port's setting. Sale and use happen out of sight; the requirement stays open"},
		{"3.4", "转场检查 is for isolation, cold storage, grain and dangerous goods", "", "which headings was not found"},
		{"3.5", "Quarantine of conveyances before they move or are unloaded", "quarantine.conveyance quarantine.conveyance_out", ""},
		{"3.5", "Polluted or at risk: sanitary treatment, refusal ordered out", "quarantine.conveyance_treatment", "ordering out is the verdict refused"},
		{"3.5", "Animals and plants: result, treatment, return, destruction", "quarantine.goods quarantine.goods_treatment", ""},
		{"3.5", "Two officers examine; ordering, examining and deciding are apart", "customs.examined_by_two customs.examination_roles", ""},
		{"3.5", "Border inspection of crews, vehicles and travellers", "border_inspection.crew_cleared border_inspection.vehicle_cleared border_inspection.person_cleared", ""},
		{"3.6", "Weight at the gate, tolerance in per cent and kilograms", "port_operator.weighed port_operator.weighing_instrument customs.weight_deviation customs.check_reading_mass", "no tolerance is published: each port's is data"},
		{"3.6", "Plate, containers and seals at the gate agree with the papers", "customs.reading_container customs.reading_seal customs.check_reading_plate customs.check_reading_containers", ""},
		{"3.6", "Manifest and declaration agree: mass, packages, containers, seals, parties, goods", "customs.check_gross_mass customs.check_packages customs.check_containers customs.check_seals customs.check_consignee customs.check_consignor customs.check_goods customs.figures_agree", ""},
		{"3.6", "One pass, one use; double gates", "", "package gate"},
		{"3.6", "Heavy in and empty out, and the other kinds of gate vehicle", "", "what a vehicle does on the way back is another movement"},
		{"3.7", "Road permits A, B and C", "transport.road_permit transport.coach_permit transport.permit_number transport.confirmation_permit transport.permit_balance", "that C is for one round trip is known in hold: package claim"},
		{"3.7", "Foreign vehicles carry no domestic load", "transport.domestic_load", ""},
		{"3.7", "Foreign vehicles show their nationality and keep to the fixed route; operators are on record", "", "nothing reports signs or routes; the record of operators is another department's"},
		{"3.7", "Small cars: one-year pass, seven days", "customs.small_car_stay", "who issues the pass was not found"},
		{"3.7", "Closed loop: disinfection", "epidemic.disinfected", "zones and shifts of persons are a capability of their own"},
		{"3.8", "Amendment and withdrawal only in prescribed cases", "", "which cases is customs' decision on the application"},
		{"3.9", "Imports are reloaded here, exports abroad; stop-loading orders", "", "a plan of the railway, no rule about a document"},
		{"3.9", "Transit stays under supervision until its exit", "customs.transit_closed", ""},
		{"3.10", "Accounts of special areas: deduction needs release and gate", "", "needs the account; zones are a capability of their own"},
		{"3.11", "Border residents: 8,000 yuan a person and day", "customs.mutual_trade_limit", "the day's sum is counted where several ports draw it down"},
		{"3.12", "Cross-border retail: 5,000 and 26,000 yuan", "", "needs the person's year: parcels are a capability of their own"},
		{"3.13", "Designated supervision sites", "customs.meat_site customs.fruit_site customs.grain_site customs.aquatic_animals_site customs.chilled_aquatic_site customs.log_site", "which port has which, and from when, is the registry's; capacity was not found"},
	} {
		list = append(list, Found{f.section, f.rule, strings.Fields(f.clauses), f.rest})
	}
	return list
}
