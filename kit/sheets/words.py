"""The words of the trade for the columns of its sheets, in English and Chinese; compared by ``heading_key``.

One table for every paste. What a column is called on our own pages, in any of our languages, need not stand here.
"""

from __future__ import annotations

WORDS: dict[str, str] = {
    "style": "style, sku, style no, style number, style code, item, item no, article, art no, model, "
    "款式, 款號, 款号, 貨號, 货号, 型號, 型号",
    "description": "description, desc, style name, item name, product, product name, 品名, 款名, 描述, 名稱, 名称",
    "color": "color, colour, colorway, colourway, clr, col, color code, colour code, color name, colour name, 顏色, 颜色, "
    "配色, 色號, 色号, 色",
    "destination": "destination, dest, ship to, port, 目的地, 運往, 运往, 港口",
    "ship_date": "ship date, delivery, delivery date, date, ex factory, ex fty, exfty date, ex factory date, xfactory, etd, "
    "due, due date, 交期, 船期, 出貨日, 出货日, 交貨期, 交货期, 離廠日, 离厂日",
    "price": "price, unit price, u/price, fob, fob price, fob usd, cost, 單價, 单价, 價格, 价格, 離岸價, 离岸价",
    "pieces": "qty, quantity, pcs, pieces, total, total qty, total pcs, order qty, "
    "合計, 合计, 總數, 总数, 數量, 数量, 件數, 件数, 總計, 总计",
    "size": "size, sz, 尺碼, 尺码, 尺寸, 碼, 码",
    "po": "po, po no, po number, customer po, order no, 訂單號, 订单号, 客戶訂單, 客户订单",
    "roll": "roll, roll no, roll number, bale, bale no, 匹號, 匹号, 卷號, 卷号, 匹, 卷",
    "lot": "lot, lot no, dye lot, dyelot, batch, batch no, 缸號, 缸号, 批號, 批号, 缸",
    "quantity": "qty, quantity, 數量, 数量",
    "yd": "yd, yds, yard, yards, length yds, 碼數, 码数, 碼, 码, 碼長, 码长",
    "m": "m, mtr, mtrs, meter, meters, metre, metres, length m, length, 米, 米數, 米数, 長度, 长度",
    "kg": "kg, kgs, net kg, nw, net weight, n.w. kg, n.w. kgs, net wt, 淨重, 净重, 公斤, 重量",
    "gross_kg": "gw, gross weight, g.w. kg, g.w. kgs, gross wt, gross kg, 毛重",
    "width_in": "width, width in, cuttable width, 幅寬, 幅宽, 門幅, 门幅",
    "rejected": "rejected, reject, fail, 拒收, 不合格",
    "material": "material, material code, fabric, trim, item, item code, 物料, 材料, 料號, 料号, 面料, 輔料, 辅料",
    "unit": "unit, uom, um, 單位, 单位",
    "wastage": "wastage, waste, allowance, loss, 損耗, 损耗",
    "remarks": "remark, remarks, note, notes, comment, 備註, 备注",
}

TOTALS = (
    "total, totals, sub total, grand total, ttl, sum, amount total, "
    "合計, 合计, 小計, 小计, 總計, 总计, 總數, 总数, 共計, 共计"
)
"""What a row of totals begins with."""
