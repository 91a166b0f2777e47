"""PyTorch doing the same work: reads one JSON request a line, answers with one JSON line. Times are seconds of the work alone."""
import importlib.util
import json
import os
import shutil
import sys
import time

import numpy
import torch
import torch.nn.functional as F

torch.set_num_threads(len(os.sched_getaffinity(0)))


class Model:
    def __init__(self, config, weights):
        self.c, self.w, self.lora, self.scale = config, weights, False, 2.0
        half = config['headDim'] // 2
        angles = torch.arange(config['maxPositions'])[:, None] * config['ropeTheta'] ** (-torch.arange(half) / half)
        self.cos, self.sin = angles.cos(), angles.sin()

    def norm(self, x, name):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.c['rmsNormEps']) * self.w[name]

    def linear(self, x, name):
        dense = F.linear(x, self.w[f'{name}.weight'])
        if not self.lora:
            return dense
        return dense + self.scale * F.linear(F.linear(x, self.w[f'{name}.lora_A.weight']), self.w[f'{name}.lora_B.weight'])

    def heads(self, x, name, n, shape):
        return self.linear(x, name).view(*shape, n, self.c['headDim']).transpose(1, 2)

    def qkv(self, x, layer, shape, cos, sin):
        q = rotate(self.heads(x, f'{layer}.self_attn.q_proj', self.c['heads'], shape), cos, sin)
        k = rotate(self.heads(x, f'{layer}.self_attn.k_proj', self.c['kvHeads'], shape), cos, sin)
        return q, k, self.heads(x, f'{layer}.self_attn.v_proj', self.c['kvHeads'], shape)

    def feed_forward(self, x, layer):
        gate = F.silu(self.linear(x, f'{layer}.mlp.gate_proj'))
        return self.linear(gate * self.linear(x, f'{layer}.mlp.up_proj'), f'{layer}.mlp.down_proj')

    def block(self, x, layer, attend):
        x = x + self.linear(attend(self.norm(x, f'{layer}.input_layernorm.weight')), f'{layer}.self_attn.o_proj')
        return x + self.feed_forward(self.norm(x, f'{layer}.post_attention_layernorm.weight'), layer)

    def head(self, x):
        return F.linear(self.norm(x, 'model.norm.weight'), self.w['model.embed_tokens.weight'])

    def forward(self, ids, keep=None):
        """ids [B, T] -> logits [B, T, V]; queries of a group share a product, so keys are never repeated."""
        c, (B, T) = self.c, ids.shape
        kv, repeat, D = c['kvHeads'], c['heads'] // c['kvHeads'], c['headDim']
        mask = torch.triu(torch.full((T, T), -1e9), 1).repeat(repeat, 1)
        x = self.w['model.embed_tokens.weight'][ids]
        for i in range(c['layers']):
            layer = f'model.layers.{i}'

            def attend(x):
                q, k, v = self.qkv(x, layer, (B, T), self.cos[:T], self.sin[:T])
                if keep is not None:
                    keep.append((k, v))
                scores = q.reshape(B, kv, repeat * T, D) @ k.transpose(-1, -2) / D**0.5 + mask
                mixed = torch.softmax(scores, -1) @ v
                return mixed.view(B, c['heads'], T, D).transpose(1, 2).reshape(B, T, -1)

            x = self.block(x, layer, attend)
        return self.head(x)

    def decode(self, ids, position, cache):
        """One token a row against the preallocated cache: ids [B] -> logits [B, V]."""
        c, B = self.c, ids.shape[0]
        kv, repeat, D = c['kvHeads'], c['heads'] // c['kvHeads'], c['headDim']
        cos, sin = self.cos[position], self.sin[position]
        x = self.w['model.embed_tokens.weight'][ids]
        for i in range(c['layers']):
            layer = f'model.layers.{i}'
            keys, values = cache[i]

            def attend(x):
                q, k, v = self.qkv(x, layer, (B, 1), cos, sin)
                keys[:, :, position:position + 1] = k
                values[:, :, position:position + 1] = v
                past, own = keys[:, :, :position + 1], values[:, :, :position + 1]
                weights = torch.softmax(q.reshape(B, kv, repeat, D) @ past.transpose(-1, -2) / D**0.5, -1)
                return (weights @ own).reshape(B, -1)

            x = self.block(x, layer, attend)
        return self.head(x)


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def can_compile():
    """`torch.compile` needs PyTorch 2 and a C++ compiler."""
    return hasattr(torch, 'compile') and shutil.which('g++') is not None


def has_transformers():
    return importlib.util.find_spec('transformers') is not None


def describe(_):
    threads = f'{torch.get_num_threads()} threads'
    return {'description': f'PyTorch {torch.__version__}, {threads}', 'compiles': can_compile(), 'generates': has_transformers()}


def weights_of(request):
    flat = torch.from_numpy(numpy.fromfile(request['file'], dtype='<f4'))
    weights, at = {}, 0
    for name, shape in request['tensors']:
        size = numpy.prod(shape, dtype=int)
        weights[name] = flat[at:at + size].view(*shape).clone()
        at += size
    return weights


def load(request):
    STATE.clear()
    weights = weights_of(request)
    STATE.update(model=Model(request['config'], weights), weights=weights, trainers={})
    return {}


def prepare_train(request):
    """A trainer with a name, and with its own copy of what it trains; with adapters, the base is frozen."""
    is_trained = (lambda name: '.lora_' in name) if request['lora'] else (lambda name: True)
    weights = {name: w.clone().requires_grad_(True) if is_trained(name) else w for name, w in STATE['weights'].items()}
    model = Model(STATE['model'].c, weights)
    model.lora = request['lora']
    trained = [w for w in weights.values() if w.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=request['learningRate'], weight_decay=0.0, foreach=True)
    ids, targets = torch.tensor(request['ids']), torch.tensor(request['targets']).flatten()

    def loss_of(ids, targets):
        return F.cross_entropy(model.forward(ids).view(targets.shape[0], -1), targets)

    def update():
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()

    if request['compile']:
        loss_of, update = torch.compile(loss_of), torch.compile(update)
    STATE['trainers'][request['name']] = dict(loss_of=loss_of, update=update, optimiser=optimiser, ids=ids, targets=targets)
    return {}


def train(request):
    """Loss and gradients, then clipping and AdamW, timed apart."""
    loss_of, update, optimiser, ids, targets = STATE['trainers'][request['name']].values()
    gradients, updates, losses = [], [], []
    for _ in range(request['steps']):
        begin = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss = loss_of(ids, targets)
        loss.backward()
        middle = time.perf_counter()
        update()
        end = time.perf_counter()
        gradients.append(middle - begin)
        updates.append(end - middle)
        losses.append(loss.item())
    return {'gradients': gradients, 'updates': updates, 'losses': losses}


@torch.inference_mode()
def prepare_decode(request):
    """Keys and values of the prompt, the same for every row, in a cache preallocated for all steps."""
    model, B, steps = STATE['model'], request['lanes'], request['steps']
    prompt, kept = torch.tensor([request['prompt']]), []
    STATE['first'] = torch.softmax(model.forward(prompt, kept)[0, -1], -1)
    STATE['cache'] = []
    for pair in kept:
        STATE['cache'].append([])
        for past in pair:
            room = torch.zeros(B, past.shape[1], prompt.shape[1] + steps, past.shape[3])
            room[:, :, :prompt.shape[1]] = past
            STATE['cache'][-1].append(room)
    STATE['prompt'] = prompt.shape[1]
    return {}


@torch.inference_mode()
def decode(request):
    """A first token from the prompt's distribution, then `steps` cached steps, each sampled at temperature 1 (or greedy)."""
    model, is_greedy = STATE['model'], request.get('greedy', False)
    draw = (lambda p: p.argmax(-1)) if is_greedy else (lambda p: torch.multinomial(p, 1)[:, 0])
    begin, tokens = time.perf_counter(), []
    ids = draw(STATE['first'].expand(request['lanes'], -1))
    for position in range(STATE['prompt'], STATE['prompt'] + request['steps']):
        tokens.append(ids)
        ids = draw(torch.softmax(model.decode(ids, position, STATE['cache']), -1))
    tokens.append(ids)
    seconds = time.perf_counter() - begin
    return {'seconds': seconds, 'tokens': torch.stack(tokens, 1)[0].tolist() if is_greedy else None}


def prepare_generate(request):
    """The same weights in transformers."""
    from transformers import LlamaConfig, LlamaForCausalLM
    c = STATE['model'].c
    config = LlamaConfig(
        vocab_size=c['vocabSize'], hidden_size=c['hiddenSize'], intermediate_size=c['intermediateSize'], num_hidden_layers=c['layers'],
        num_attention_heads=c['heads'], num_key_value_heads=c['kvHeads'], head_dim=c['headDim'], max_position_embeddings=c['maxPositions'],
        rope_theta=c['ropeTheta'], rms_norm_eps=c['rmsNormEps'], tie_word_embeddings=c['tieWordEmbeddings'])
    model = LlamaForCausalLM(config).eval()
    missing, unexpected = model.load_state_dict(STATE['weights'], strict=False)
    assert not unexpected and set(missing) <= {'lm_head.weight'}, (missing, unexpected)
    model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = 0
    STATE['transformers'] = model
    STATE['prompt_ids'] = torch.tensor([request['prompt']])
    return {}


@torch.inference_mode()
def generate(request):
    """`generate` for steps + 1 tokens, less the time for the first one, which is mostly prefill."""
    sampling = {'do_sample': False} if request['greedy'] else {'do_sample': True, 'temperature': 1.0, 'top_k': 0, 'top_p': 1.0}
    ids = STATE['prompt_ids'].expand(request['lanes'], -1)
    mask = torch.ones_like(ids)

    def timed(count):
        begin = time.perf_counter()
        out = STATE['transformers'].generate(ids, attention_mask=mask, max_new_tokens=count, min_new_tokens=count, **sampling)
        return time.perf_counter() - begin, out[0, ids.shape[1]:]

    first, _ = timed(1)
    whole, tokens = timed(request['steps'] + 1)
    return {'seconds': whole - first, 'tokens': tokens.tolist() if request['greedy'] else None}


STATE = {}
COMMANDS = {f.__name__: f for f in (describe, load, prepare_train, train, prepare_decode, decode, prepare_generate, generate)}
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(COMMANDS[request['do']](request)), flush=True)
