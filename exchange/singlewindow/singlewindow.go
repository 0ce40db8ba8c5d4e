// Package singlewindow reads the messages of China's International Trade Single Window 国际贸易单一窗口, and writes answers
// to them.
//
// Which messages, and what they become:
//
//	MT1401 MT2401                     road manifests 原始舱单, 预配舱单            manifest.Document
//	MT4401 … MT4406                   confirmations 承运确报                      manifest.Confirmation
//	MT7402                            packing list 装箱清单                       manifest.Packing
//	MT8401 … MT8404                   落装, 落装改配                              manifest.Reload
//	MT3402, MT5401 MT5402             arrival 运抵报告, tally 理货报告             cargo.Report
//	an MT message with a Response     通关回执                                    exchange.Answer on a crossing
//	DecMessage, SWDEC001              declaration 报关单                          declaration.Document
//	DecImportResponse, DEC_RESULT     receipts of declarations                    exchange.Answer
//	CommonResponeMessage (so spelled) receipt of an import client                 exchange.Answer
//	SAS121                            pass document 核放单                        manifest.Document between a zone and elsewhere
//	SAS221 223 224 251 253            receipts of pass documents                  exchange.Answer on a pass
//
// They may come bare or in their envelopes: DxpMsg, whose Data is the message in base64; ImportMessage; Signature and
// Package. Checklists 核注清单 (INV101 and its receipts) are refused by name: bonded accounts are no business of a port.
//
// # What the tables rest on
//
// MT1401 and MT2401 follow published samples, MT4406 and the Response a published generator and schema, the other
// confirmations MT4406. Of MT3402, MT5401, MT5402, MT7402 and MT8401 to MT8404 no sample has been found; they are read
// with the elements that the family has for the same things, and whatever else such a message holds is warned of. A
// reassignment (MT8403, MT8404) whose new crossing is not found there is refused, since without it the message would say
// that the goods stay behind.
//
// # Where the fields stand
//
//	货物运输批次号     Declaration/ID of the manifests; VoyNo of a declaration by road, where it has 13 digits
//	运输工具           BorderTransportMeans/ID; where only Name has the form of a plate, Name
//	托架, 拖挂车       BorderTransportMeans/TransportEquipment, the first
//	集装箱             Consignment/TransportEquipment
//	危险品编号, 商品编号 Commodity/Classification/ID: four digits are a UN number, more a code of the tariff
//	统一编号           SeqNo, CUS_CIQ_NO: declaration.Document.Window
//	企业内部编号       ClientSeqNo, EtpsPreentNo: the reference
//	社会信用代码       …Scc: the party's id; the ten-digit customs code is its second. Where only one is given, that is the id
//	境内收发货人       TradeCode: importer or exporter by IEFlag; the other side is Overseas…
//	消费使用, 生产销售 OwnerCode: consignee of an import, consignor of an export
//	运输方式           TrafMode: 2 to 5 become the codes of UN/ECE Recommendation 19; others are kept as CN and the code
//	随附单证, 许可证   DecLicenseDocus by their code; LicenseNo, ContrNo, ManualNo, ApprNo by the name of their element
//
// A pass document names a zone by its supervising customs office, and as the carrier whoever declares the pass. Numbers
// with value zero, and elements that are there but empty, are taken for absent. Times without an offset are Beijing's.
// What is not modelled is not kept and is warned of, with path and line; in DxpMsg, the line is that of Data.
package singlewindow

import (
	"strings"

	"github.com/guomen/guomen/exchange"
)

// formatName is what --format says.
const formatName = "singlewindow"

// Format is what exchange reads the single window's messages by.
func Format() exchange.Format {
	return exchange.Format{
		Name:  formatName,
		Owns:  func(o exchange.Opening) bool { return o.Syntax == exchange.XML && rootOf(o.Root, o.Space) != nil },
		Read:  read,
		Reply: reply,
	}
}

// The namespaces of the messages. Some systems write the one of XML signatures around their receipts, others none.
const (
	manifestSpace = "urn:Declaration:datamodel:standard:CN:"
	portSpace     = "http://www.chinaport.gov.cn/"
	decSpace      = portSpace + "dec"
	signSpace     = "http://www.w3.org/2000/09/xmldsig#"
)

// ours tells a namespace in which the single window's elements stand.
func ours(space string) bool {
	return space == "" || space == signSpace || strings.HasPrefix(space, manifestSpace) || strings.HasPrefix(space, portSpace)
}
