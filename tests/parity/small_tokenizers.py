"""
Small tokenizers of every kind that puts a space before a text, with added tokens of every flag, and what Hugging Face's own `tokenizers` makes of
texts and of prompts followed by completions. Writes `small-tokenizers/*.golden.json` and `small-tokenizers.golden.json` beside this file.

    python tests/parity/small_tokenizers.py            writes the files
    python tests/parity/small_tokenizers.py --check    compares the golden values with what the installed library computes
"""

import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
FOLDER = HERE / "small-tokenizers"
GOLDEN = HERE / "small-tokenizers.golden.json"

CORPUS = [
    "the answer is 42 and the question was what is six times seven",
    "Question: what is the sum of 12 and 30? Answer: 42",
    "hello world, hello there; the cat sat on the mat.",
    "a well known result: x equals four, so y equals two.",
] * 4

BYTES = [f"<0x{b:02X}>" for b in range(256)]

ADDED = [
    AddedToken("<sep>", normalized=False, special=True),
    AddedToken("[LEFT]", lstrip=True, normalized=False),
    AddedToken("[RIGHT]", rstrip=True, normalized=False),
    AddedToken("[BOTH]", lstrip=True, rstrip=True, normalized=False),
    AddedToken("cat", single_word=True, normalized=False),
    AddedToken("wellness", normalized=True),
    AddedToken("mat", single_word=True, normalized=True),
    AddedToken("<se", normalized=False),
]

TEXTS = [
    "the cat sat",
    "concatenate cats cat. (cat) cat",
    "cat_cat cat\u0301 \u00fccat cat\u200d cat42",
    "a [LEFT] b",
    "a  \t[LEFT]  b",
    "a [RIGHT]   b",
    "a  [BOTH]  b[BOTH][BOTH] ",
    "wellness is wellnesss",
    "the mat matters, mat",
    "<sep>hello<sep> world <sep>",
    "<se p><sep><se",
    "  leading spaces",
    "hello\nworld",
    "",
    " ",
    "\u2581hello",
    "caf\u00e9 \U0001f642 cat\U0001f642cat",
    "[RIGHT] [LEFT]",
]

PAIRS = [
    ("Answer:", " 42"),
    ("Answer: ", "42"),
    ("Answer:", "42"),
    ("what is six times seven?\n", "hello"),
    ("hello wor", "ld"),
    ("the answer is", " four, so y equals two."),
    ("<sep>", "hello"),
    ("hello <sep>", " world"),
    ("", "hello"),
    ("x=", "\n\nfour"),
    ("the ", "cat"),
    ("con", "cat"),
    ("(", "cat)"),
    ("a", " [LEFT] b"),
    ("a ", "[LEFT] b"),
]


def bpe(name, normalizer, pre_tokenizer, decoder):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder
    trainer = trainers.BpeTrainer(vocab_size=380, special_tokens=["<unk>", "<s>", "</s>", *BYTES], show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    return finish(name, tokenizer)


def unigram(name, pre_tokenizer):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=80, special_tokens=["<unk>", "<s>", "</s>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return finish(name, tokenizer)


def byte_level(name):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=340,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return finish(name, tokenizer)


def finish(name, tokenizer):
    tokenizer.add_tokens(ADDED)
    bos = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", bos)]
    )
    # Byte tokens are part of the vocabulary in real files, not added ones.
    content = json.loads(tokenizer.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] not in BYTES]
    return name, content


SPACE = "\u2581"


def made():
    legacy = normalizers.Sequence([normalizers.Prepend(SPACE), normalizers.Replace(" ", SPACE)])
    steps = [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    plain = decoders.Sequence(steps)
    meta = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace(), decoders.Fuse()])
    return [
        bpe("bpe-legacy", legacy, None, plain),
        bpe("bpe-first", None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), meta),
        bpe("bpe-always", None, pre_tokenizers.Metaspace(prepend_scheme="always", split=False), meta),
        bpe("bpe-never", None, pre_tokenizers.Metaspace(prepend_scheme="never", split=False), meta),
        unigram("unigram-first", pre_tokenizers.Metaspace(prepend_scheme="first")),
        unigram("unigram-always", pre_tokenizers.Metaspace(prepend_scheme="always")),
        byte_level("byte-level"),
    ]


def boundary(tokenizer, prompt, completion, special):
    """The joined text's ids behind the prompt's, or None where both share a token."""
    start = tokenizer.encode(prompt, add_special_tokens=special).ids
    whole = tokenizer.encode(prompt + completion, add_special_tokens=special).ids
    return whole[len(start) :] if whole[: len(start)] == start else None


def values(content):
    tokenizer = Tokenizer.from_str(json.dumps(content))
    return {
        "texts": [
            {
                "text": text,
                "ids": tokenizer.encode(text, add_special_tokens=False).ids,
                "withSpecial": tokenizer.encode(text).ids,
            }
            for text in TEXTS
        ],
        "pairs": [
            {"prompt": prompt, "completion": completion, "ids": boundary(tokenizer, prompt, completion, True)}
            for prompt, completion in PAIRS
        ],
    }


def check():
    golden = json.loads(GOLDEN.read_text())
    for name, expected in golden.items():
        found = values(json.loads((FOLDER / f"{name}.golden.json").read_text()))
        if found != expected:
            sys.exit(f"{name}: the installed tokenizers library computes other ids than the golden file has")
    print(f"{len(golden)} tokenizers agree")


def write():
    FOLDER.mkdir(exist_ok=True)
    golden = {}
    for name, content in made():
        (FOLDER / f"{name}.golden.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        golden[name] = values(content)
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    check() if "--check" in sys.argv else write()
