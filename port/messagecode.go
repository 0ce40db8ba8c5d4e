package port

import (
	"slices"
	"strconv"
)

// MessageFunction is what a manifest message asks for 报文功能代码, as public descriptions of the single window's interface
// list it. It is no Function of an organisation.
type MessageFunction string

// The functions. The last three are those of the drivers' mobile programme 移动端.
const (
	MessageOther        MessageFunction = "0"  // 其他数据 (次要数据): other data
	MessageAdd          MessageFunction = "2"  // 新增
	MessageDelete       MessageFunction = "3"  // 删除
	MessageChange       MessageFunction = "5"  // 变更
	MessageMain         MessageFunction = "9"  // 主要数据: main data
	MessageDraft        MessageFunction = "T"  // 暂存: kept, not sent
	MessageClearance    MessageFunction = "11" // 通关回执: receipt of clearance
	MessageMobileDraft  MessageFunction = "M1" // 暂存
	MessageMobileSubmit MessageFunction = "M2" // 提交
	MessageMobileReturn MessageFunction = "M3" // 退回
)

// MessageFunctions lists the functions.
func MessageFunctions() []MessageFunction {
	return []MessageFunction{
		MessageOther, MessageAdd, MessageDelete, MessageChange, MessageMain, MessageDraft, MessageClearance,
		MessageMobileDraft, MessageMobileSubmit, MessageMobileReturn,
	}
}

// Valid tells a known function.
func (f MessageFunction) Valid() bool { return slices.Contains(MessageFunctions(), f) }

// Check is nil for a known function.
func (f MessageFunction) Check() error {
	if !f.Valid() {
		return fault("message_function.unknown", string(f))
	}
	return nil
}

// TextKey names the function's label in the catalogue.
func (f MessageFunction) TextKey() string { return "enum.message_function." + string(f) }

// ResponseCode is how a manifest message was answered 回执代码, as public descriptions of the single window's interface list
// it. 01 to 13 are customs' own words; the letters are those of the platform and the data centre on the way there.
type ResponseCode string

// The codes.
const (
	ResponseAccepted        ResponseCode = "01" // 海关接受申报
	ResponseManual          ResponseCode = "02" // 待人工审核
	ResponseReturned        ResponseCode = "03" // 退单
	ResponseReleased        ResponseCode = "11" // 放行
	ResponseLoadingRefused  ResponseCode = "12" // 拒装: export, not to be loaded
	ResponseUnloadingBanned ResponseCode = "13" // 禁卸: import, not to be unloaded
	ResponseDraft           ResponseCode = "T"  // 暂存
	ResponseDeclared        ResponseCode = "D"  // 申报成功
	ResponseStored          ResponseCode = "E1" // 数据中心入库成功
	ResponseNotStored       ResponseCode = "E2" // 数据中心入库失败
	ResponseForwarded       ResponseCode = "E3" // 发往海关成功
	ResponseNotForwarded    ResponseCode = "E4" // 发往海关失败
)

// ResponseCodes lists the codes, customs' first.
func ResponseCodes() []ResponseCode {
	return []ResponseCode{
		ResponseAccepted, ResponseManual, ResponseReturned, ResponseReleased, ResponseLoadingRefused,
		ResponseUnloadingBanned, ResponseDraft, ResponseDeclared, ResponseStored, ResponseNotStored,
		ResponseForwarded, ResponseNotForwarded,
	}
}

// Valid tells a known code.
func (c ResponseCode) Valid() bool { return slices.Contains(ResponseCodes(), c) }

// Check is nil for a known code.
func (c ResponseCode) Check() error {
	if !c.Valid() {
		return fault("response_code.unknown", string(c))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (c ResponseCode) TextKey() string { return "enum.response_code." + string(c) }

// Customs tells an answer of customs from one of the systems on the way there.
func (c ResponseCode) Customs() bool {
	switch c {
	case ResponseAccepted, ResponseManual, ResponseReturned:
		return true
	}
	return c.Decides()
}

// Decides tells whether the answer decides on the goods; the others only say how far the message has come.
func (c ResponseCode) Decides() bool {
	return c == ResponseReleased || c == ResponseLoadingRefused || c == ResponseUnloadingBanned
}

// ChangeReason is why a manifest is changed or deleted 变更原因代码. Public descriptions give the range, 001 to 015 and 999,
// and not what each code means, so there are no labels: people see the code.
type ChangeReason string

const (
	changeReasonLast  = 15
	changeReasonOther = ChangeReason("999")
)

// ChangeReasons lists the codes.
func ChangeReasons() []ChangeReason {
	reasons := make([]ChangeReason, 0, changeReasonLast+1)
	for n := 1; n <= changeReasonLast; n++ {
		reasons = append(reasons, ChangeReason(strconv.Itoa(1000 + n)[1:]))
	}
	return append(reasons, changeReasonOther)
}

// Valid tells a known code.
func (r ChangeReason) Valid() bool { return slices.Contains(ChangeReasons(), r) }

// Check is nil for a known code.
func (r ChangeReason) Check() error {
	if !r.Valid() {
		return fault("change_reason.unknown", string(r))
	}
	return nil
}

// DriverConfirmation is whether the driver has taken the manifest as his 司机确认, by the same descriptions.
type DriverConfirmation string

// The codes.
const (
	DriverUnconfirmed DriverConfirmation = "0" // 未确认
	DriverAccepted    DriverConfirmation = "1" // 已接受
	DriverDeclined    DriverConfirmation = "2" // 未接受
)

// DriverConfirmations lists the codes.
func DriverConfirmations() []DriverConfirmation {
	return []DriverConfirmation{
		DriverUnconfirmed, DriverAccepted, DriverDeclined,
	}
}

// Valid tells a known code.
func (c DriverConfirmation) Valid() bool { return slices.Contains(DriverConfirmations(), c) }

// Check is nil for a known code.
func (c DriverConfirmation) Check() error {
	if !c.Valid() {
		return fault("driver_confirmation.unknown", string(c))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (c DriverConfirmation) TextKey() string { return "enum.driver_confirmation." + string(c) }

// DeclarationMode is who sends a confirmation 申报类型: a person or the platform by itself.
type DeclarationMode string

// The codes.
const (
	DeclaredByHand        DeclarationMode = "0" // 人工
	DeclaredAutomatically DeclarationMode = "1" // 自动
)

// DeclarationModes lists the codes.
func DeclarationModes() []DeclarationMode {
	return []DeclarationMode{DeclaredByHand, DeclaredAutomatically}
}

// Valid tells a known code.
func (m DeclarationMode) Valid() bool { return slices.Contains(DeclarationModes(), m) }

// Check is nil for a known code.
func (m DeclarationMode) Check() error {
	if !m.Valid() {
		return fault("declaration_mode.unknown", string(m))
	}
	return nil
}

// TextKey names the code's label in the catalogue.
func (m DeclarationMode) TextKey() string { return "enum.declaration_mode." + string(m) }
