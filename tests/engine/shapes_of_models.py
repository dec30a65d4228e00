"""Shapes of well-known models, from their papers or released configurations."""

from isocost.engine.records import Transformer

GPT3_175B = Transformer(
    "GPT-3 175B",
    96,
    12288,
    96,
    96,
    128,
    49152,
    50257,
    gated=False,
    learned_positions=2048,
    tied_embeddings=True,
)
LLAMA3_8B = Transformer("Llama 3 8B", 32, 4096, 32, 8, 128, 14336, 128256)
LLAMA3_70B = Transformer("Llama 3 70B", 80, 8192, 64, 8, 128, 28672, 128256)
LLAMA31_405B = Transformer("Llama 3.1 405B", 126, 16384, 128, 8, 128, 53248, 128256)
LLAMA32_1B = Transformer("Llama 3.2 1B", 16, 2048, 32, 8, 64, 8192, 128256, tied_embeddings=True)
PALM_540B = Transformer("PaLM 540B", 118, 18432, 48, 1, 256, 73728, 256000, tied_embeddings=True)
MIXTRAL_8X7B = Transformer(
    "Mixtral 8x7B", 32, 4096, 32, 8, 128, 14336, 32000, moe_layers=32, experts=8, top_k=2, expert_ffn=14336
)
QWEN3_30B_A3B = Transformer(
    "Qwen3-30B-A3B", 48, 2048, 32, 4, 128, 6144, 151936, moe_layers=48, experts=128, top_k=8, expert_ffn=768
)
GPT_OSS_120B = Transformer(
    "gpt-oss-120b",
    36,
    2880,
    64,
    8,
    64,
    2880,
    201088,
    window=128,
    windowed_layers=18,
    moe_layers=36,
    experts=128,
    top_k=4,
    expert_ffn=2880,
)
DEEPSEEK_V3 = Transformer(
    "DeepSeek-V3",
    61,
    7168,
    128,
    128,
    128,
    18432,
    129280,
    attention="mla",
    q_lora_rank=1536,
    kv_lora_rank=512,
    qk_nope_dim=128,
    qk_rope_dim=64,
    v_head_dim=128,
    moe_layers=58,
    experts=256,
    top_k=8,
    shared_experts=1,
    expert_ffn=2048,
    mtp_layers=1,
)
