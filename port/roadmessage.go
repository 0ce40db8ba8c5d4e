package port

import "slices"

// RoadMessage is the kind of a message of the road manifest 公路舱单 family, as public descriptions of the single window's
// interface list them.
type RoadMessage string

// The kinds.
const (
	MT1401 RoadMessage = "MT1401" // 进口原始舱单
	MT2401 RoadMessage = "MT2401" // 出口预配舱单
	MT3402 RoadMessage = "MT3402" // 运抵报告
	MT4401 RoadMessage = "MT4401" // 载货运输工具进境承运确报
	MT4402 RoadMessage = "MT4402" // 载货运输工具出境承运确报
	MT4403 RoadMessage = "MT4403" // 空载运输工具进境承运确报
	MT4404 RoadMessage = "MT4404" // 空载运输工具出境承运确报
	MT4405 RoadMessage = "MT4405" // 空集装箱运输工具进境承运确报
	MT4406 RoadMessage = "MT4406" // 空集装箱运输工具出境承运确报
	MT5401 RoadMessage = "MT5401" // 进口理货报告
	MT5402 RoadMessage = "MT5402" // 出口理货报告
	MT7402 RoadMessage = "MT7402" // 出口装箱清单
	MT8401 RoadMessage = "MT8401" // 进口落装申请
	MT8402 RoadMessage = "MT8402" // 出口落装申请
	MT8403 RoadMessage = "MT8403" // 进口落装改配申请
	MT8404 RoadMessage = "MT8404" // 出口落装改配申请
)

// RoadMessages lists the kinds in the order of their codes.
func RoadMessages() []RoadMessage {
	return []RoadMessage{
		MT1401, MT2401, MT3402, MT4401, MT4402, MT4403, MT4404, MT4405, MT4406, MT5401, MT5402, MT7402, MT8401,
		MT8402, MT8403, MT8404,
	}
}

// Valid tells a known kind.
func (m RoadMessage) Valid() bool { return slices.Contains(RoadMessages(), m) }

// Check is nil for a known kind.
func (m RoadMessage) Check() error {
	if !m.Valid() {
		return fault("road_message.unknown", string(m))
	}
	return nil
}

// TextKey names the kind's label in the catalogue.
func (m RoadMessage) TextKey() string { return "enum.road_message." + string(m) }

// Direction is which way the vehicle of the message crosses; empty for the arrival report, whose code does not say.
func (m RoadMessage) Direction() Direction {
	switch m {
	case MT1401, MT4401, MT4403, MT4405, MT5401, MT8401, MT8403:
		return Import
	case MT2401, MT4402, MT4404, MT4406, MT5402, MT7402, MT8402, MT8404:
		return Export
	}
	return ""
}

// Stage is what the message does in the life of a manifest; empty for an unknown kind.
func (m RoadMessage) Stage() ManifestStage {
	switch m {
	case MT1401:
		return StageOriginal
	case MT2401:
		return StageAdvance
	case MT3402:
		return StageArrival
	case MT4401, MT4402, MT4403, MT4404, MT4405, MT4406:
		return StageConfirmation
	case MT5401, MT5402:
		return StageTally
	case MT7402:
		return StagePacking
	case MT8401, MT8402:
		return StageShutOut
	case MT8403, MT8404:
		return StageRebooking
	}
	return ""
}

// Load is what the vehicle carries, which the confirmations alone say by their kind; empty for the others.
func (m RoadMessage) Load() VehicleLoad {
	switch m {
	case MT4401, MT4402:
		return LoadLaden
	case MT4403, MT4404:
		return LoadEmpty
	case MT4405, MT4406:
		return LoadEmptyContainer
	}
	return ""
}

// ManifestStage is what a message does in the life of a manifest.
type ManifestStage string

// The stages in the order in which they come.
const (
	StageOriginal     ManifestStage = "original"     // 原始舱单: import, before arrival
	StageAdvance      ManifestStage = "advance"      // 预配舱单: export, before loading
	StagePacking      ManifestStage = "packing"      // 装箱清单
	StageArrival      ManifestStage = "arrival"      // 运抵报告: the goods are in the supervised place
	StageConfirmation ManifestStage = "confirmation" // 承运确报: the vehicle comes, with this load and crew
	StageTally        ManifestStage = "tally"        // 理货报告: what was found
	StageShutOut      ManifestStage = "shut_out"     // 落装: goods of the manifest that were not loaded
	StageRebooking    ManifestStage = "rebooking"    // 落装改配: such goods go with another vehicle
)

// ManifestStages lists the stages in the order in which they come.
func ManifestStages() []ManifestStage {
	return []ManifestStage{
		StageOriginal, StageAdvance, StagePacking, StageArrival, StageConfirmation, StageTally, StageShutOut,
		StageRebooking,
	}
}

// Valid tells a known stage.
func (s ManifestStage) Valid() bool { return slices.Contains(ManifestStages(), s) }

// Check is nil for a known stage.
func (s ManifestStage) Check() error {
	if !s.Valid() {
		return fault("manifest_stage.unknown", string(s))
	}
	return nil
}

// TextKey names the stage's label in the catalogue.
func (s ManifestStage) TextKey() string { return "enum.manifest_stage." + string(s) }

// VehicleLoad is what a vehicle carries, as its confirmation 确报 tells apart.
type VehicleLoad string

// The loads.
const (
	LoadLaden          VehicleLoad = "laden"           // 载货
	LoadEmpty          VehicleLoad = "empty"           // 空载
	LoadEmptyContainer VehicleLoad = "empty_container" // 空集装箱
)

// VehicleLoads lists the loads.
func VehicleLoads() []VehicleLoad { return []VehicleLoad{LoadLaden, LoadEmpty, LoadEmptyContainer} }

// Valid tells a known load.
func (l VehicleLoad) Valid() bool { return slices.Contains(VehicleLoads(), l) }

// Check is nil for a known load.
func (l VehicleLoad) Check() error {
	if !l.Valid() {
		return fault("vehicle_load.unknown", string(l))
	}
	return nil
}

// TextKey names the load's label in the catalogue.
func (l VehicleLoad) TextKey() string { return "enum.vehicle_load." + string(l) }
