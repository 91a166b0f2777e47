"""A small server with the part of vLLM's interface that training uses: token-id completions, adapters loaded and unloaded while it runs. The model is
computed by transformers and PEFT, so that its numbers are independent of ours. It can also be made wrong in the ways that a canary must notice.

usage: vllm_subset.py MODEL_FOLDER --port N [--dtype float32|bfloat16] [--wrong base|stale|temperature|prefix|quantised] [--slow SECONDS]
"""
import argparse
import asyncio
import threading

import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.responses import PlainTextResponse
from peft import PeftModel
from pydantic import BaseModel
from transformers import AutoModelForCausalLM


class Completion(BaseModel):
    model: str
    prompt: list[int]
    n: int = 1
    max_tokens: int = 16
    temperature: float = 1.0
    seed: int | None = None
    logprobs: int | None = None
    return_token_ids: bool = False
    stop_token_ids: list[int] = []
    cache_salt: str | None = None
    top_p: float = 1.0
    top_k: int = -1
    min_p: float = 0.0
    repetition_penalty: float = 1.0


class Load(BaseModel):
    lora_name: str
    lora_path: str


class Unload(BaseModel):
    lora_name: str


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--wrong", choices=["base", "stale", "temperature", "prefix", "quantised"])
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--name", default="tiny")
    return parser.parse_args()


def quantise(model):
    """Rounds every matrix to 4 bits, one scale a row."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.ndim == 2:
                scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 7
                weight.copy_((weight / scale).round().clamp(-8, 7) * scale)


class Engine:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        torch.set_num_threads(1)
        self.base = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).eval()
        if options.wrong == "quantised":
            quantise(self.base)
        self.peft = None
        self.adapters = []
        self.isHanging = False
        self.requests = 0

    def load(self, name, path):
        with self.lock:
            if name in self.adapters:
                raise HTTPException(400, f"The lora adapter '{name}' has already been loaded.")
            if self.peft is None:
                self.peft = PeftModel.from_pretrained(self.base, path, adapter_name=name).eval()
            else:
                self.peft.load_adapter(path, adapter_name=name)
            self.adapters.append(name)

    def unload(self, name):
        with self.lock:
            if name not in self.adapters:
                raise HTTPException(404, f"The lora adapter '{name}' cannot be found.")
            self.adapters.remove(name)
            if len(self.peft.peft_config) > 1:
                self.peft.delete_adapter(name)

    def model_for(self, name):
        if name == self.options.name:
            return self.base if self.peft is None else None
        if name not in self.adapters:
            raise HTTPException(404, f"The model `{name}` does not exist.")
        wanted = self.adapters[0] if self.options.wrong == "stale" else name
        if wanted in self.peft.peft_config:
            self.peft.set_adapter(wanted)
        return self.peft

    @torch.no_grad()
    def complete(self, request):
        prompt = request.prompt[1:] if self.options.wrong == "prefix" else request.prompt
        heat = 0.7 if self.options.wrong == "temperature" else request.temperature
        with self.lock:
            model = self.model_for(request.model)
            if model is None or self.options.wrong == "base":
                with self.peft.disable_adapter() if self.peft else torch.no_grad():
                    return self.sample(self.peft or self.base, prompt, heat, request)
            return self.sample(model, prompt, heat, request)

    def sample(self, model, prompt, heat, request):
        count = request.n
        generators = [torch.Generator().manual_seed((request.seed or 0) + i) for i in range(count)]
        ids = torch.tensor([prompt] * count)
        tokens, logprobs = [[] for _ in range(count)], [[] for _ in range(count)]
        ended = [None] * count
        cache = None
        for _ in range(request.max_tokens):
            out = model(input_ids=ids, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            logits = out.logits[:, -1].float()
            logp = torch.log_softmax(logits if heat == 0 else logits / heat, dim=-1)
            chosen = []
            for row in range(count):
                if heat == 0:
                    token = int(logp[row].argmax())
                else:
                    token = int(torch.multinomial(logp[row].exp(), 1, generator=generators[row]))
                chosen.append(token)
                if ended[row] is None:
                    tokens[row].append(token)
                    logprobs[row].append(float(logp[row, token]))
                    if token in request.stop_token_ids:
                        ended[row] = "stop"
            if all(ended):
                break
            ids = torch.tensor(chosen)[:, None]
        return [
            {
                "index": row,
                "text": "",
                "token_ids": tokens[row],
                "prompt_token_ids": request.prompt if request.return_token_ids else None,
                "logprobs": {"token_logprobs": logprobs[row]},
                "finish_reason": ended[row] or "length",
            }
            for row in range(count)
        ]


options = arguments()
engine = Engine(options)
app = FastAPI()


@app.get("/health")
async def health():
    if engine.isHanging:
        await asyncio.sleep(3600)
    return {}


@app.get("/version")
def version():
    return {"version": "subset"}


@app.get("/v1/models")
def models():
    own = [{"id": name, "parent": options.name} for name in engine.adapters]
    return {"object": "list", "data": [{"id": options.name, "parent": None}, *own]}


@app.post("/v1/completions")
async def completions(request: Completion):
    engine.requests += 1
    if engine.isHanging:
        await asyncio.sleep(3600)
    if options.slow:
        await asyncio.sleep(options.slow)
    return {"choices": await asyncio.to_thread(engine.complete, request)}


@app.post("/v1/load_lora_adapter", response_class=PlainTextResponse)
async def load(request: Load):
    if engine.isHanging:
        await asyncio.sleep(3600)
    await asyncio.to_thread(engine.load, request.lora_name, request.lora_path)
    return f"Success: LoRA adapter '{request.lora_name}' added successfully."


@app.post("/v1/unload_lora_adapter", response_class=PlainTextResponse)
async def unload(request: Unload):
    await asyncio.to_thread(engine.unload, request.lora_name)
    return f"Success: LoRA adapter '{request.lora_name}' removed successfully."


@app.post("/test/hang")
def hang():
    engine.isHanging = True
    return {}


@app.post("/test/go-on")
def go_on():
    engine.isHanging = False
    return {}


@app.post("/test/wrong/{how}")
def go_wrong(how: str):
    """Wrong in another way from now on; only `quantised` needs the option, because it changes the weights."""
    options.wrong = how
    return {}


@app.get("/test/state")
def state():
    return {"requests": engine.requests, "adapters": engine.adapters}


uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")
