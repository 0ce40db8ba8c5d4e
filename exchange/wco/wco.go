// Package wco reads and writes declarations (DEC) and answers (RES) of the WCO Data Model 3.6 in XML.
//
// The tables (declaration.go, item.go, common.go, response.go) say for every element of the published DEC, RES and
// cancellation schemas where it lives in declaration.Document or exchange.Answer. Reading and writing both walk them, so
// what is written reads as the same document. A message may begin at MetaData, at a bare Declaration or Response, or be
// wrapped in a service request (submitDeclarationRequest); its namespaces may be those of any profile of the data model
// (urn:wco:datamodel:…) or, as customs systems send answers, none.
//
// # Where Chinese fields stand
//
// Some fields of a Chinese declaration have no element in the published profile. They stand where the data model has
// room for them:
//
//	货物运输批次号 batch            BorderTransportMeans/JourneyID, where the mode is 3 (road) or absent and the journey has 13 digits,
//	                               as Chinese declarations write it in the field for the voyage; else a statement GUOMEN.BATCH
//	提运单号 waybill               GoodsShipment/Consignment/TransportContractDocument, the first one, with its type by UN/EDIFACT 1001;
//	                               where there is none, the first previous or supporting document of type 703, 704, 705, 714, 720, 730, 740 or 741
//	商品编号 hs                    Commodity/Classification of type HS (UN/EDIFACT 7143); where there is none, the tariff code TSP
//	                               with the two digits of TRC that follow it
//	监管方式 procedure             GoodsShipment/GovernmentProcedure/CurrentCode; the procedures of lines stay with their lines
//	提前申报, 两步申报, 净重        statements (AdditionalInformation) of type CUS with code GUOMEN.EARLY, GUOMEN.STEPS, GUOMEN.NETMASS
//	统一编号 window_number          a statement of type CUS with code GUOMEN.WINDOW
//	法定数量 legal_quantities       statements of the line, of type CUS with code GUOMEN.LEGAL
//	海关编码 customs_code           Communication of the party, with type GUOMEN.CUSTOMS
//	进出口 direction               TypeCode: IM… import, EX… export; CO… by the first procedure of a line; amendments and
//	                               cancellations (COR, INV) have none
//
// # What is not kept
//
// Every element and text of the schemas below Declaration and Response is kept. Not kept, each with a warning that names
// path and line, are: elements that the tables do not have, such as other classes of the data model and extensions of an
// authority; attributes other than currencyID, unitCode and formatCode; the header of a service request. Kept by meaning
// and not by spelling are: numbers (1.50 and 1.5), times (any offset, as the same instant; without an offset, Beijing
// time), masses in tonnes and grams (as kilograms), the white space around a value, the numbers of seals and countries of
// routing (as their order; a gap is warned of), an element that is there but empty (as absent) and a count, mass or
// quantity of zero (as absent, with a warning). Lists of an element keep their order; where several elements share a list
// (further parties), they are written in the order of the schema.
//
// A value that its field cannot hold makes the message unreadable: a count that is no whole number, an unknown unit of
// mass, a time that is none, more decimals than the scale, an element given twice that may stand once.
package wco
