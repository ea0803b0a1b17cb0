"""Rebuilds the font that ships with the package: `python tools/font.py NotoSansCJK-Bold.ttc` from the project's root.

The source is Noto Sans CJK SC Bold (Debian: fonts-noto-cjk, SIL Open Font License 1.1, no reserved font name). The
subset is renamed, carries no layout features, and holds the words people put into marks; it is committed, because the
result must not depend on the machine that builds the wheel. Its characters are listed in a text file beside it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "src/aigc_label/data/aigc-label-sans.otf"
SIMPLIFIED_CHINESE = 2  # the face's number inside the collection
FAMILY = "AIGC Label Sans"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
PUNCTUATION = "·—–…‘’“”、。〈〉《》「」『』【】〔〕（），：；！？～・•|｜／＋－＆©®℃№→ "
WORDS = """
人工智能生成合成 本该此图像图片照片视频影片音频声音文字文本文章内容作品画面素材文件场景虚拟数字人物形象语音配音音乐
歌曲动画漫画插画绘画设计 由使用借助利用通过经过基于采用 辅助协助参与创作制作编辑修改处理转换翻译优化增强修复补全改
写润色渲染绘制录制 疑似可能属于确认为是非否含包括部分全部分仅供参考 注意提示标识说明声明来源来自出自服务提供者提供
方提供平台企业公司有限责任股份集团科技技术网络信息媒体传播工作室研究院中心大学学校新闻社 大模型算法机器学习深度自动
智慧智造 发布传播上传下载者用户作者原创真实虚构演示示例测试样本 请勿轻信谨慎甄别辨别不得用于商业 如有与的了在和或
及等以下上述均已被将对从其他 深层伪造换脸拟声仿真沉浸式对话回答答复回复聊天助理助手客服导航播报朗读讲解 年月日时第
编号版权所有一二三四五六七八九十 中国北京上海广州深圳杭州 国家互联网办公室标准规定办法要求 生成式 合成式 衍生
再创作 加工 剪辑 拼接 拟人 头像 海报 封面 广告 产品 宣传 艺术 风格 特效
"""


def main(source: Path) -> None:
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)  # the same bytes on every day
    wanted = set(ASCII + PUNCTUATION + WORDS) - {"\n"}
    lacking = wanted - set(map(chr, font.getBestCmap()))
    if lacking:
        sys.exit(f"the source has no glyph for {''.join(sorted(lacking))}")
    options = subset.Options()
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.hinting = False  # unhinted outlines rasterise alike on every FreeType
    options.desubroutinize = True
    options.notdef_outline = True
    options.drop_tables = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=map(ord, wanted))
    chosen.subset(font)
    _rename(font)
    font.save(TARGET)
    TARGET.with_suffix(".txt").write_text("".join(sorted(wanted)) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(wanted)} characters")


def _rename(font: TTFont) -> None:
    spelt = FAMILY.replace(" ", "")
    names = {
        1: FAMILY,
        2: "Bold",
        3: f"{spelt}-Bold; subset of Noto Sans CJK SC Bold 2.004",
        4: f"{FAMILY} Bold",
        6: f"{spelt}-Bold",
    }
    for record in list(font["name"].names):
        if record.nameID in names:
            record.string = names[record.nameID]
    cff = font["CFF "].cff
    cff.fontNames[0] = names[6]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = names[4], FAMILY


if __name__ == "__main__":
    main(Path(sys.argv[1]))
