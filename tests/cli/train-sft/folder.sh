# Defines folder NAME [TEMPLATE]: a model folder without weights, which is all that --check may need.
plain="{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('it takes no system message') }}{% endif %}"
plain="$plain{{ '<|bot|>' if m.role == 'assistant' else '<|user|>' }}{{ m.content }}{{ eos_token }}{% endfor %}"
plain="$plain{% if add_generation_prompt %}<|bot|>{% endif %}"
folder() {
  cp -r "$CASE/../../tokenize/model" "$1"
  printf %s "${2-$plain}" > "$1/chat_template.jinja"
  echo '{"model_type":"llama","hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2,' \
       '"vocab_size":512,"max_position_embeddings":64}' > "$1/config.json"
}
