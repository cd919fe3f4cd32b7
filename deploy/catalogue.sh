#!/bin/sh
# Makes deploy/catalogue.yaml out of LiteLLM's price map and models.dev's api.json, the first believed first:
#   deploy/catalogue.sh ISOCOST LITELLM MODELS_DEV OUT [NOTE…]
# A test makes it anew from the pinned packages and compares.
set -eu
isocost=$1 litellm=$2 models_dev=$3 out=$4
shift 4

# Who serves open weights themselves; resellers of many are left out.
hosts=alibaba,alibaba-cn,baseten,bedrock,cerebras,chutes,deepinfra,deepseek,fireworks,friendli,groq,huggingface,hyperbolic
hosts=$hosts,lambda,minimax,mistral,moonshot,nebius,novita,openrouter,sambanova,siliconflow,siliconflow-cn,tencent,together,venice
hosts=$hosts,volcengine,wandb,zai,zhipu

first=$#
for note; do
  set -- "$@" --note "$note"
done
shift "$first"

for model in \
  deepseek-r1 deepseek-r1-0528 deepseek-r1-distill-llama-70b deepseek-v3 deepseek-v3-0324 deepseek-v3.1 deepseek-v3.1-terminus \
  deepseek-v3.2 deepseek-v3.2-exp 'deepseek-v4*' \
  'kimi-k2*' 'kimi-k3*' \
  glm-4.5 glm-4.5-air glm-4.6 'glm-4.7*' 'glm-5*' \
  'qwen3-235b*' qwen3-32b 'qwen3-30b*' 'qwen3-coder*' 'qwen3-next*' qwen3-max 'qwen3.[5-9]*' qwq-32b qwen2.5-72b-instruct \
  'llama-3.1-8b-instruct*' 'llama-3.1-70b-instruct*' 'llama-3.1-405b-instruct*' 'llama-3.3-70b*' 'llama-4-*' \
  'gpt-oss-*'; do
  set -- "$@" --models "$model@$hosts"
done
for model in 'gpt-4.1*' 'gpt-4o*' 'gpt-5*' 'gpt-6*' 'o1' 'o3*' 'o4-mini*'; do
  set -- "$@" --models "$model@openai,openrouter"
done
for model in 'claude-haiku-*' 'claude-sonnet-*' 'claude-opus-*' 'claude-fable-*' 'claude-mythos-*'; do
  set -- "$@" --models "$model@anthropic,bedrock,openrouter"
done
for model in 'gemini-2.5-*' 'gemini-3*' 'gemini-4*'; do
  set -- "$@" --models "$model@google,openrouter"
done
set -- "$@" --models 'grok-*@xai,openrouter'
for model in 'mistral-*' 'codestral-*' 'devstral-*' 'magistral-*' 'ministral-*' 'pixtral-*'; do
  set -- "$@" --models "$model@mistral,bedrock,openrouter"
done

status=0
# The days are those of the pinned packages, for prices that have none of their own.
"$isocost" catalog import "$litellm" "$models_dev" --as-of 2026-11 --as-of 2026-05 --out "$out" "$@" || status=$?
# 2: written, and lists contradict each other; the dearer price was taken, which the file says.
[ "$status" -eq 0 ] || [ "$status" -eq 2 ]
