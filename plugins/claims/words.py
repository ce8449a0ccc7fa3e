"""Fixed words of the plugin: kinds, states, severities, parties, remedies, and the list of defects that is kept by people."""

from __future__ import annotations

from core.api import EntityName, ListSpec, State, T, Text

AMOUNTS = "claims.amounts"
"""Whoever has it sees the amounts of claims."""
PARTNER = EntityName("catalog.partner")
CLAIM = EntityName("claims.claim")
GOODS_IN = EntityName("factory_stock.goods_in")
ISSUE = EntityName("factory_stock.issue")
ADJUSTMENT = EntityName("outsourcing.adjustment")
FACTORY_ORDER = EntityName("outsourcing.order")
PURCHASE_ORDER = EntityName("purchasing.order")
RECEIPT = EntityName("receiving.receipt")
RETURN = EntityName("receiving.return")
SHIPMENT = EntityName("shipping.shipment")

Words = tuple[tuple[str, Text], ...]

KINDS: Words = (("material", T("Material claim")), ("garment", T("Garment claim")))
STATES = (
    State("open", T("Opened"), "warn"),
    State("resolved", T("Resolved"), "good", closed=True),
    State("closed", T("Closed"), "done", closed=True),
    State("cancelled", T("Cancelled"), "bad", closed=True),
)
"""A resolved claim is no longer open, though it still wants closing: lists of open claims leave it out."""
LIVE = ("open", "resolved")
"""States in which photos and follow-ups may still come and go."""
SEVERITIES: Words = (("critical", T("Critical")), ("major", T("Major")), ("minor", T("Minor")))
SEVERITY_TONES = {"critical": "bad", "major": "warn", "minor": "neutral"}
PARTIES: Words = (
    ("supplier", T("Supplier")),
    ("factory", T("Factory")),
    ("forwarder", T("Forwarder")),
    ("customer", T("Customer")),
    ("us", T("Ourselves")),
)
REMEDIES: Words = (
    ("replace", T("Replace")),
    ("rework", T("Rework")),
    ("discount", T("Discount")),
    ("accept", T("Accept as it is")),
    ("return", T("Send back")),
)
DEFECTS = "claims.defects"
LISTS = (
    ListSpec(
        DEFECTS,
        T("Defect codes of claims"),
        (
            ("shade", "Shade variation between rolls or lots", "缸差", "缸差"),
            ("off_shade", "Off shade against the approved sample", "色差", "色差"),
            ("fabric_flaw", "Fabric flaw: slub, hole, barré, missing yarn", "布面疵點", "布面疵点"),
            ("weight", "Wrong width or weight", "幅寬或克重不符", "门幅或克重不符"),
            ("shrinkage", "Shrinkage out of tolerance", "縮水率超標", "缩水率超标"),
            ("fastness", "Poor colour fastness", "色牢度不合格", "色牢度不合格"),
            ("skew", "Bow, skew or twist", "緯斜扭曲", "纬斜扭曲"),
            ("handfeel", "Wrong hand feel", "手感不符", "手感不符"),
            ("pilling", "Pilling", "起毛起球", "起毛起球"),
            ("trim", "Trim broken, rusty or not working", "副料損壞或失效", "辅料损坏或失效"),
            ("wrong_item", "Wrong article or colour", "送錯料號或顏色", "送错料号或颜色"),
            ("short", "Short quantity", "數量短少", "数量短少"),
            ("measurement", "Measurement out of tolerance", "尺寸超差", "尺寸超差"),
            ("skipped", "Skipped stitch", "跳針", "跳针"),
            ("broken_stitch", "Broken stitch", "斷線", "断线"),
            ("open_seam", "Open or slipped seam", "爆縫／滑脫", "爆缝／滑脱"),
            ("puckering", "Puckering", "縫線起皺", "缝线起皱"),
            ("workmanship", "Uneven or twisted workmanship", "做工不良", "做工不良"),
            ("panel_shade", "Shading between panels", "裁片色差", "裁片色差"),
            ("stain", "Stain or dirt", "汙漬", "污渍"),
            ("hole", "Hole or cut", "破洞", "破洞"),
            ("print", "Print or embroidery fault", "印繡花不良", "印绣花不良"),
            ("label", "Wrong or missing label", "標籤錯誤或漏標", "唛头错误或漏标"),
            ("needle", "Needle fragment or metal", "斷針／金屬異物", "断针／金属异物"),
            ("pressing", "Poor pressing or thread ends", "整燙不良／線頭", "整烫不良／线头"),
            ("packing", "Wrong packing or carton mark", "包裝或箱嘜錯誤", "包装或箱唛错误"),
            ("mould", "Mould, damp or smell", "發霉受潮異味", "发霉受潮异味"),
            ("transport", "Damaged on the way", "運輸損壞", "运输损坏"),
            ("other", "Other", "其他", "其他"),
        ),
    ),
)
