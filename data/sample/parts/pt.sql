INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ad482bbd-1d2e-42c8-84c7-27e7fc570241', $m$[
  {"role":"user","content":"Quantas pipetas preciso para um pavilhão de 12.000 frangos abatidos com 2,4 kg? E qual a densidade máxima em Portugal?"},
  {"role":"assistant","content":"Conte dez a doze aves por pipeta: 12.000 frangos pedem entre 1.000 e 1.200, e ficar perto do primeiro número só compensa com bom caudal. Quanto à densidade, a Diretiva 2007/43/CE fixa 33 kg/m² como regra geral, 39 com documentação e ambiente controlado, e até 42 para quem cumpre ainda critérios de mortalidade e inspeção. Com 2,4 kg e 33 kg/m² cabem 13,75 frangos por metro quadrado, ou seja, uns 873 m² para o bando inteiro, sem contar desbaste. Confirme na DGAV em que escalão o seu pavilhão está registado."}
]$m$, 4.5, '2025-09-06T11:35:39Z', 'pt', 'u-1203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9e29023a-7460-404c-b107-631ee9ae3b38', $m$[
  {"role":"user","content":"franga de 15 semanas arrastando uma perna pra frente e outra pra tras, outras 6 magras. sao vacinadas contra marek. pode ser mesmo assim?"},
  {"role":"assistant","content":"Pode. A vacina impede os tumores, mas não impede a infecção, e perde força por três motivos clássicos: descongelamento malfeito do frasco de nitrogênio, dose fracionada e pintinho exposto ao vírus antes de a imunidade se instalar, o que leva em torno de uma semana. Perna de bailarina em ave jovem, com magreza, é bastante sugestiva. Faça necropsia de três frangas: nervo ciático grosso e amarelado, sem estrias, e nódulos no fígado ou no ovário ajudam muito."},
  {"role":"user","content":"nervo grosso de um lado so. as outras vao pegar?"},
  {"role":"assistant","content":"Considere que todas já tiveram contato: o vírus sai com a descamação do folículo da pena e persiste meses na poeira. Não existe tratamento; abata as paralisadas sem sofrimento e confirme por histopatologia. O que fazer no próximo lote: vazio sanitário longo com remoção da poeira até nas telas, distância entre recria e postura adulta, ventilação que não passe do galpão velho para o novo e auditoria no incubatório. Pergunte a ele qual sorotipo aplica e como controla o descongelamento."}
]$m$, 4.5, '2025-09-14T11:35:43Z', 'pt', 'u-0977');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d2b3cf26-4b24-4c43-84bc-066d4f266496', $m$[
  {"role":"user","content":"Tenho 240 galinhas em Beja e penso converter para biológico. Quais são as principais exigências?"},
  {"role":"assistant","content":"O Regulamento (UE) 2018/848, com as densidades do 2020/464, pede no essencial: até seis galinhas por metro quadrado no interior, pelo menos 4 m² de área exterior por galinha, ração biológica, ventilação e luz naturais, e pelo menos oito horas seguidas de escuro. O tecto por compartimento é de 3.000 galinhas, o que não o afecta. A conversão das aves para produção de ovos demora seis semanas. Antes de mais contacte um organismo de controlo reconhecido em Portugal."},
  {"role":"user","content":"E se adoecerem, posso dar antibiótico?"},
  {"role":"assistant","content":"Pode tratar para evitar sofrimento, mas com limites. A prioridade é o maneio e a vacina; quando for preciso medicar, a fitoterapia vem antes, e o antibiótico só por decisão do veterinário. Antibiótico preventivo não é admitido. O intervalo de segurança duplica em relação ao legal e nunca fica abaixo de 48 horas. Se em doze meses o animal levar mais de três ciclos de tratamento, ou mais de um quando a vida produtiva é inferior a um ano, o produto perde a indicação biológica e há que reconverter."},
  {"role":"user","content":"vacinas contam como tratamento? e desparasitar?"},
  {"role":"assistant","content":"As vacinas e os programas obrigatórios de erradicação não entram nessa contagem, e os antiparasitários também ficam fora do limite de ciclos. Contam, porém, para os registos, onde deve constar o diagnóstico, a dose e a data. Em parques pequenos, faça rotação para deixar descansar a erva e partir o ciclo das lombrigas; análises de fezes duas vezes por ano poupam desparasitações às cegas. Pergunte ao organismo de controlo como quer ver as folhas preenchidas."}
]$m$, 4.5, '2025-09-24T10:25:53Z', 'pt', 'u-1666');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ccb9f1c6-4541-4913-b450-d6e09dff808d', $m$[
  {"role":"user","content":"pesei 100 frangas com 9 semanas: media 690 g mas umas com 540 outras com 830. isso é ruim?"},
  {"role":"assistant","content":"Com essa dispersão, é bem provável que a uniformidade esteja fraca. Conte quantas ficaram entre 621 e 759 g, isto é, dez por cento para cada lado da média. Se 85 ou mais das cem couberem aí, o lote está bom; com 70, precisa de intervenção. A média sozinha esconde o problema: as leves entrarão em postura semanas depois das pesadas e nenhuma ração servirá para os dois grupos."},
  {"role":"user","content":"deu 68. separo?"},
  {"role":"assistant","content":"Separe, sim, e quanto antes, pois depois das 12 semanas o esqueleto está quase pronto e o que se ganha é gordura. Faça três grupos por peso, deixe as leves com mais espaço de comedouro e mantenha-as na ração anterior por mais uma ou duas semanas. Antes disso descubra a causa: falta de comedouro na hora da distribuição, debicagem irregular, coccidiose discreta ou vacina mal aplicada. Exame de fezes de dez pontos do galpão esclarece a parte parasitária por pouco dinheiro."}
]$m$, 4.5, '2025-09-25T16:33:01Z', 'pt', 'u-0671');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('023ed9d5-b62c-46e0-a9d4-613a7d2e3def', $m$[
  {"role":"user","content":"Huambo, Angola. Recebi 2.000 pintos que viajaram 30 horas de camião. Ao décimo dia já morreram 62, a maior parte entre o terceiro e o quinto. É falha minha ou do transporte?"},
  {"role":"assistant","content":"São 3,1% acumulados, o triplo do que se espera na primeira semana, e a concentração entre o terceiro e o quinto dia tem leitura própria: nessa altura acaba a reserva da gema, e os pintos que não aprenderam a beber e a comer morrem de inanição. Trinta horas de viagem desidratam-nos e cansam-nos. Diga-me se os mortos estavam leves, de patas secas e escuras, com o papo vazio ou com urato branco na cloaca."},
  {"role":"user","content":"Sim, patas secas, papo vazio. A casa estava fria quando chegaram, o gerador falhou"},
  {"role":"assistant","content":"Portanto falharam os dois, e separá-los ajuda a reclamar com justiça. Transporte: peça ao fornecedor a hora de nascimento, de carga e de chegada, e o número de mortos à chegada. Casa: o piso frio faz o pinto juntar-se e não ir à água. Para o próximo lote aqueça o pavilhão pelo menos 24 horas antes, com gerador de reserva ou carvão bem ventilado, e tenha a água posta e provada antes de abrir as caixas."},
  {"role":"user","content":"Devo dar açúcar na água ao chegarem?"},
  {"role":"assistant","content":"Eletrólitos com um pouco de glucose nas primeiras horas ajudam pintos que viajaram muito, desde que depois venha água simples, porque doce na tubagem cria limo. Mergulhe o bico de alguns, encoste-os aos bebedouros e dê ração em papel logo ao lado. Duas horas depois apalpe o papo de 30 a 40 pintos de vários sítios: três em cada quatro devem ter comida. Ao fim de 24 horas quase todos. Se metade continuar vazia, a temperatura ou o acesso estão errados."}
]$m$, 4.5, '2025-10-09T15:47:05Z', 'pt', 'u-1450');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('03c24e34-5953-40c5-ae9b-17dd8077bd78', $m$[
  {"role":"user","content":"bom dia. alojei 14.800 frangos e hj com 10 dias ja perdi 447, da 3%. o integrador disse q é normal, é mesmo?"},
  {"role":"assistant","content":"Não considero normal. A meta usual é fechar a primeira semana com menos de 1% de perdas, e com dez dias você já triplicou esse valor. Para entender a origem, preciso de três coisas:\n1. A curva diária: morreram mais nos dias 2 a 4 ou a perda vem subindo agora?\n2. O que você vê nas aves mortas: umbigo inflamado, papo vazio, fígado com película, líquido na barriga?\n3. O peso aos 7 dias e a idade da matriz, se constar na nota do incubatório."},
  {"role":"user","content":"comecou no dia 3, pico no dia 5 com 90 mortos, agora 35 por dia. umbigo feio em varios, abri uns e a gema tava verde e fedida"},
  {"role":"assistant","content":"Esse quadro aponta para onfalite com infecção do saco vitelino, quase sempre por E. coli e outras bactérias que entram por um umbigo mal cicatrizado. A origem costuma estar no ovo sujo ou no incubatório, mas um pinteiro frio piora tudo, porque o pintinho encolhido não absorve a gema. Peça ao veterinário da integração uma necropsia de 8 a 10 aves frescas, com cultura e antibiograma. Guarde na geladeira, nunca no freezer, as que morrerem hoje."},
  {"role":"user","content":"enquanto o vet nao vem faço o que?"},
  {"role":"assistant","content":"Trabalhe naquilo que depende de você:\n- Confira a temperatura na altura das aves e a da cama, não só a do painel.\n- Elimine os refugos que não chegam ao bebedouro; eles não se recuperam e contaminam os outros.\n- Recolha mortos pelo menos duas vezes ao dia.\n- Dê descarga nas linhas de água e meça o cloro no último nipple; 3 a 5 ppm é a faixa procurada.\n- Não comece antibiótico por conta própria: sem antibiograma você pode errar a molécula e ainda criar problema de carência."},
  {"role":"user","content":"e no fim do lote, da pra recuperar?"},
  {"role":"assistant","content":"As que passaram da fase crítica crescem, porém a uniformidade fica comprometida e parte delas chegará leve ao abate. Registre tudo desde já: mortos por dia, hora da coleta, peso semanal, lote do incubatório. Com esses números o integrador pode comparar outros produtores que receberam pintinhos da mesma matriz. Se o vizinho teve o mesmo pico no dia 5, a discussão muda de lugar. Quando a mortalidade diária não cair até o dia 14, volte a chamar o veterinário, pois pode haver uma segunda causa."}
]$m$, 5, '2025-10-15T11:13:37Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('152ca72b-9388-4015-aeb6-8e252b7abbf7', $m$[
  {"role":"user","content":"me passa a sequencia certa de lavagem e desinfecção. saiu um lote com tifo? nao, salmonela no suabe"},
  {"role":"assistant","content":"Eis a ordem que funciona:\n1. Retire as aves, a ração e a cama; leve a cama coberta para longe do galpão.\n2. Aspire ou varra a poeira, de cima para baixo, e aplique inseticida enquanto está quente.\n3. Molhe com detergente, deixe agir, lave com pressão e enxágue.\n4. Deixe secar por completo.\n5. Desinfete na concentração do rótulo, molhando até escorrer: piso, 1 m de parede, comedouros, silo.\n6. Limpe as linhas de água com produto ácido ou peróxido e enxágue.\n7. Faça o vazio sanitário e controle roedores."},
  {"role":"user","content":"pulei o detergente, já passei desinfetante. ferrou?"},
  {"role":"assistant","content":"Perdeu parte do efeito, não tudo. A matéria orgânica neutraliza o cloro e enfraquece até o glutaraldeído e os quaternários, de modo que o produto agiu na crosta em vez de na bactéria. Repita do passo 3 em diante se houver tempo, e faça o teste: suabes de 5 a 10 pontos, entre eles saída de silo, ralo e a ponta do exaustor, mandados ao laboratório antes de alojar. Positivo significa nova rodada. Não conte apenas com os dias vazios: salmonela sobrevive meses na poeira seca, e o rato mantém-na viva."}
]$m$, 5, '2025-10-19T11:03:37Z', 'pt', 'u-0566');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6d4b30fa-1ca8-411b-8745-95ea4bdf11ec', $m$[
  {"role":"user","content":"apareceu bando de marreco selvagem no açude ao lado do aviario. tem risco de gripe aviaria? ja teve aqui no brasil"},
  {"role":"assistant","content":"Há risco, porque as aves aquáticas selvagens levam o vírus nas fezes. No Brasil a cepa altamente patogênica H5N1 apareceu em aves silvestres em maio de 2023 e, em maio de 2025, numa granja de matrizes no Rio Grande do Sul, foco depois encerrado. Passos imediatos: telas de malha até 2,54 cm sem furos, nada de usar água do açude sem clorar, calçado só do galpão, ração e sobras sem atrair pássaros, e nenhum funcionário com galinhas em casa."},
  {"role":"user","content":"quais sinais eu devo olhar"},
  {"role":"assistant","content":"Procure mortalidade que dobra de um dia para o outro sem explicação, queda brusca de consumo de água e ração, barbela e crista inchadas ou arroxeadas, pernas com manchas vermelhas, falta de ar, tremores e torção de pescoço. Também vale uma queda de postura muito rápida. Diante disso, não abra carcaças nem carregue aves: feche o galpão e chame de imediato a defesa agropecuária do seu estado ou use o e-Sisbravet. A notificação é obrigatória e a equipe colhe as amostras."},
  {"role":"user","content":"se achar marreco morto?"},
  {"role":"assistant","content":"Não toque sem luvas e máscara, nem leve para casa. Marque o local, afaste cães e crianças, avise a defesa e espere. Você que lida com os frangos deve evitar ir ao açude; se for, tome banho e troque de roupa antes de entrar no galpão. Carne de frango cozida não transmite a gripe aviária, mas tocar em ave doente pode, portanto quem mexeu em aves mortas e tiver febre ou olhos vermelhos precisa avisar o posto de saúde contando esse contato."}
]$m$, 5, '2025-10-28T11:41:15Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a11adcaf-4f5b-4539-b76a-741f1cbbfb3f', $m$[
  {"role":"user","content":"frango morto com barriga cheia de liquido amarelo, 31 dias, uns 15 por semana. aqui é serra 1.100 m"},
  {"role":"assistant","content":"Líquido cor de palha no abdome e coração com ventrículo direito aumentado dizem ascite. O frango cresce depressa, o pulmão não dá conta do oxigênio e a pressão sobe no lado direito; altitude e frio elevam a necessidade. Em 1.100 m isso se agrava no inverno, quando o produtor fecha cortinas e falta ar. Corte o coração transversalmente em três mortos: se o lado direito estiver grosso, o diagnóstico caminha."},
  {"role":"user","content":"tem remedio? diminuo a ração?"},
  {"role":"assistant","content":"Medicamento não há. O que baixa o número de casos é ventilação mínima desde o primeiro dia, aquecimento suficiente nas três primeiras semanas, poeira e amônia baixas e, na segunda semana, um período de escuro de quatro a seis horas ou ração farelada para conter o ganho. Não restrinja além disso por conta própria: a perda de peso anula a vantagem. Para o próximo lote, peça ao incubatório o registro de oxigenação e temperatura no fim da incubação."}
]$m$, NULL, '2025-11-06T20:29:23Z', 'pt', 'u-1120');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0215dfc8-cd90-48d4-8ede-c4afed210e2b', $m$[
  {"role":"user","content":"em que dia vacino Gumboro em frango? o tecnico diz 12, o vendedor diz 18"},
  {"role":"assistant","content":"Os dois podem ter razão, porque o dia correto depende dos anticorpos que a mãe passou. Cedo demais, o anticorpo materno neutraliza a vacina viva; tarde demais, o vírus de campo chega primeiro, e o período perigoso vai das 3 às 6 semanas. O jeito de decidir é colher sangue de 18 a 20 pintinhos entre o 1º e o 4º dia e calcular a data pela fórmula de Deventer, que usa o título de cada ave, a meia-vida e a força da vacina. Você sabe se o seu incubatório já aplica vetorizada?"},
  {"role":"user","content":"nao sei, como descubro? e se for vetorizada?"},
  {"role":"assistant","content":"Ligue e peça o certificado de vacinação do lote, com nome do produto, via e data; é documento que acompanha a carga. Se a vacina for vetorizada HVT-Gumboro ou de imunocomplexo, a resposta já está encaminhada e uma dose viva a mais aos 12 ou 18 dias em geral só gera gasto e reação. Com vírus muito agressivo na região, o médico veterinário decide. Guarde a bolsa de Fabricius de algumas aves da rotina aos 28 dias e compare o tamanho dela com o do baço: bolsa menor é sinal de alarme."}
]$m$, 5, '2025-11-14T14:43:55Z', 'pt', 'u-0355');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4762cc19-ad93-4615-b6ff-d76dd02bd005', $m$[
  {"role":"user","content":"posso lavar o ovo sujo da galinha antes de guardar na geladeira?"},
  {"role":"assistant","content":"Para uso da sua casa, o melhor é esfregar a seco a sujeira leve, com esponja limpa, e consumir logo os muito sujos, bem cozidos. Se lavar, faça-o com água corrente mais quente que o ovo, nunca fria nem de molho: o resfriamento puxa o líquido e as bactérias pelos poros. Seque, e só então refrigere, com a ponta fina para baixo. Na União Europeia os ovos de categoria A não se lavam; no Brasil, quem vende deve seguir a regra do serviço de inspeção. O conserto de verdade está no ninho: palha seca e coleta frequente."}
]$m$, 4.5, '2025-11-19T19:01:47Z', 'pt', 'u-0077');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('986adeca-cbff-4bf6-ab87-168f89d719e4', $m$[
  {"role":"user","content":"perus com 9 semanas amarelo nas fezes, cabeça escura e morrem. crio junto com galinhas caipira"},
  {"role":"assistant","content":"Fezes cor de enxofre em peru jovem, com fígado marcado por círculos em alvo e ceco espesso, apontam para histomoníase, a chamada cabeça-negra (o nome engana, pois a cor nem sempre aparece). As galinhas quase não adoecem e são justamente quem espalha: o protozoário viaja dentro do ovo do verme cecal Heterakis e da minhoca. Salve os que ainda estão bem: separe-os agora, em terreno que nunca teve galinha."},
  {"role":"user","content":"qual remedio?"},
  {"role":"assistant","content":"Nos Estados Unidos e na União Europeia não há hoje medicamento autorizado para perus de consumo; o antigo dimetridazol e os parentes foram proibidos por segurança alimentar. Não improvise com metronidazol, vedado em animais de consumo nesses mesmos lugares; em outro país, pergunte ao veterinário o que diz a norma. Controle o verme com vermífugo autorizado, isole o lote, mantenha o piso seco e tire a galinhada da área por tempo longo. Um médico veterinário pode confirmar pelo fígado; abata os muito doentes com dignidade."}
]$m$, 4.5, '2025-11-30T18:33:11Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('7006133d-f08d-475b-a4ef-faf77a007575', $m$[
  {"role":"user","content":"frangas com 16 semanas, 1,32 kg (tabela 1,40). acendo as luzes ja ou espero? vou vender ovo de mesa"},
  {"role":"assistant","content":"Espere. Estimular franga abaixo do peso antecipa o primeiro ovo, porém os ovos saem miúdos, o pico fica curto e sobe o prolapso. A orientação das linhagens vermelhas é dar luz por volta das 17 semanas e somente quando o lote atinge o peso da tabela com boa uniformidade. Aumente o estímulo ao consumo (mais corridas de ração, ração com mais densidade) e pese 100 aves de novo em sete dias."},
  {"role":"user","content":"e quando acender, quantas horas?"},
  {"role":"assistant","content":"Suba com um primeiro salto de cerca de uma hora e depois 15 a 30 minutos por semana até chegar a 16 horas, por volta das 30 semanas. Duas regras valem para o resto da vida do lote: nunca reduzir a duração nem a intensidade depois que a postura começou, e usar timer com bateria, porque uma queda de energia de uma noite aparece na coleta alguns dias depois. Em galpão aberto, some a luz natural mais longa do ano e programe o acendimento para não ficar abaixo dela."}
]$m$, 4.5, '2025-12-04T10:11:39Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9cccb021-f7f5-4621-afd0-616a49e0b13e', $m$[
  {"role":"user","content":"qual o tempo certo pra fermentar a cama entre lotes? to na sexta criada na mesma"},
  {"role":"assistant","content":"Amontoe ou cubra com lona logo depois da saída das aves, ainda com umidade, e deixe fermentar no mínimo uns dez dias, sem abrir. O calor e a amônia é que reduzem bactérias, oocistos e cascudinho. Depois abra, ventile por alguns dias para o gás sair e só então reponha material novo por cima, sobretudo na área do pinteiro. Se o último lote teve tifo, Gumboro forte, laringotraqueíte ou outra doença de notificação, não reaproveite: cama fora."},
  {"role":"user","content":"sao 7 dias entre um lote e outro, nao da tempo"},
  {"role":"assistant","content":"Nesse caso a reutilização perde o sentido sanitário, pois você devolve a cama ao pintinho antes de o tratamento agir. Há três saídas: negociar com a integradora um vazio de 14 dias, retirar a cama inteira e partir com material novo, ou reservar a cama velha só para a parte final do galpão e montar o pinteiro com maravalha nova. A terceira é um remendo, não uma solução. Meça a amônia na altura do pintinho no alojamento; acima de 20 ppm, ventile mais antes de receber."}
]$m$, 5, '2025-12-09T10:25:49Z', 'pt', 'u-0566');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('03010e95-bcad-4b72-8fff-61c6d7b1605d', $m$[
  {"role":"user","content":"galinha espirrando e com o olho inchado, 3 de 15. oq pode ser?"},
  {"role":"assistant","content":"Pode ser muita coisa, desde resfriado até outras doenças. Observe as aves e mantenha o local limpo."},
  {"role":"user","content":"mas o olho ta fechado com pus e fede. separo elas?"},
  {"role":"assistant","content":"Sim, é bom separar. Se não melhorar procure um profissional."}
]$m$, 2, '2025-12-18T11:35:23Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('93e56511-bf4d-4a34-b822-d917a961b958', $m$[
  {"role":"system","content":"Modo técnico: vacinação e manejo. Peça dados quando faltarem."},
  {"role":"user","content":"vou aplicar newcastle na agua em 5 mil frangas, dosador tem cloro. passo a passo?"},
  {"role":"assistant","content":"Pare o cloro 24 a 48 horas antes e lave as linhas só com água. Depois retire a água por uma ou duas horas, conforme o calor, para criar sede sem sufocar. No dia, dissolva de 2 a 2,5 g de leite em pó desnatado por litro, espere 20 a 30 minutos e só então abra os frascos de vacina dentro da água. Qual é o seu consumo diário? É ele que define os litros."},
  {"role":"user","content":"900 litros por dia"},
  {"role":"assistant","content":"Calcule o que elas bebem em uma a duas horas: em geral entre um sétimo e um quinto do consumo diário, aqui perto de 130 a 180 litros. Some o volume do encanamento, já cheio de água com leite. Ponha corante azul para ver quem bebeu: 90% ou mais das línguas devem manchar. Levante as linhas, encha, baixe todas ao mesmo tempo e caminhe devagar por entre as aves."},
  {"role":"user","content":"sobrou vacina no balde 2 horas depois. guardo pra amanha?"},
  {"role":"assistant","content":"Descarte. Vacina viva reconstituída perde título em poucas horas, ainda mais no calor, e amanhã você estaria dando água com leite azedo. Sobrar significa que o volume foi grande ou que a sede foi pouca; anote para a próxima. Se parte das aves não bebeu, o melhor não é repetir, mas fazer sorologia três semanas depois. Religue o cloro somente no dia seguinte. Frascos vazios vão para o lixo de serviço de saúde animal, fervidos ou em desinfetante."}
]$m$, 5, '2025-12-25T13:47:53Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3cf707bd-d0d5-44e2-94a8-5ad13049ff96', $m$[
  {"role":"user","content":"amanha carrega meu lote as 23h, abate 7h. quando subo os comedouros?"},
  {"role":"assistant","content":"O abatedouro costuma fixar o jejum total entre 8 e 12 horas, do último grão até a pendura. Se a pendura começa às 7h, o comedouro sobe entre 19h e 23h; com carregamento às 23h, eu subiria por volta das 20h ou 21h para esvaziar os papos antes da apanha. A água fica até a equipe entrar no galpão. Passou de doze horas, o intestino fica frágil e aumenta a contaminação na evisceração. Confirme o horário com quem programa a linha."},
  {"role":"user","content":"e na apanha, qual jeito de pegar?"},
  {"role":"assistant","content":"Pegue pelo dorso, com as duas mãos envolvendo as asas, ou pelas duas patas, nunca por uma só nem pela asa ou pescoço. Luz baixa e azul acalma. Não mais do que três aves por mão quando se usa as pernas, e caixas cheias conforme o peso e o calor: à noite quente, menos aves. Separe e dê fim humanitário às que não conseguem andar; não se carregam. Conte mortos nas gaiolas e hematomas na chegada: o retorno do frigorífico mostra quem da equipe precisa de treino."}
]$m$, 4.5, '2026-01-05T07:53:43Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0f7cf3ff-37c9-4035-a8f1-0b95b2d57601', $m$[
  {"role":"user","content":"minha conversao fechou em 1,86 com 2,75 kg aos 43 dias, macho e femea misto. onde eu tô perdendo?"},
  {"role":"assistant","content":"Para esse peso, a tabela das linhagens atuais fica entre 1,55 e 1,60, então há quase três décimos para procurar. Conte-me: qual a mortalidade e em que semana ela se concentrou? A altura dos comedouros acompanha o dorso das aves? Sobrou ração na cama quando você tirou o lote? E a temperatura de noite nas duas primeiras semanas?"},
  {"role":"user","content":"mort 5,8% maioria depois dos 30 dias. prato meio baixo, sim, tinha ração na cama. de noite gela, é galpão aberto"},
  {"role":"assistant","content":"Então são três vazamentos diferentes. As aves mortas depois dos 30 dias já tinham comido mais de dois quilos de ração cada uma, e esse gasto fica sem carne para dividir. Prato baixo permite ciscar para fora. E noite fria faz o frango gastar energia para se aquecer em vez de crescer.\nEu atacaria nesta ordem: regulagem de comedouros (borda no nível do dorso), aquecimento noturno até o dia 14 e necropsia das mortas tardias, que costumam ser ascite, morte súbita ou problema de perna."},
  {"role":"user","content":"e a ração em si? é da cooperativa, peletizada"},
  {"role":"assistant","content":"Peça duas amostras: uma na saída do caminhão e outra no prato do fundo. Passe pela peneira e compare o fino; se o prato do fundo tiver bem mais pó, a rosca ou a queda está quebrando o pélete. Frango perde tempo e seleciona quando a ração vira farelo. Confira ainda se as fases foram trocadas na data certa. Uma inicial esticada além do necessário não piora a conversão, mas encarece o quilo."},
  {"role":"user","content":"quanto vale cada 0,01 de conversao num galpao de 15 mil?"},
  {"role":"assistant","content":"Multiplique o peso vivo entregue pelo ganho de conversão. Com 14.100 aves de 2,75 kg você tem cerca de 38.800 kg; cada 0,01 significa 388 kg de ração. Ao preço que você paga pela tonelada, dá o valor exato. Recuperar 0,10 já poupa quase quatro toneladas, o que normalmente paga lenha ou gás para as noites frias das duas primeiras semanas. Faça essa conta a cada lote e anote ao lado do que você mudou."}
]$m$, 5, '2026-01-12T07:45:49Z', 'pt', 'u-0412');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('937646e2-db49-4faf-ac8b-e6693d71d388', $m$[
  {"role":"system","content":"Assistente para criadores familiares. Frases curtas, sem marcas comerciais."},
  {"role":"user","content":"minhas galinhas do quintal (8) pararam de botar e tão perdendo pena em abril, no RS. é doença?"},
  {"role":"assistant","content":"Tudo indica muda natural. No outono os dias encurtam, as galinhas com mais de um ano trocam as penas, começando pela cabeça e pelo pescoço, e param de botar por umas oito a doze semanas. Ave em muda come, anda alerta e tem a pele limpa. Desconfie de doença se houver coceira, pontos vermelhos correndo na base das penas, emagrecimento no peito ou ferida de bicada. Enquanto a pena cresce, ofereça ração de postura completa: a pena é quase só proteína. Luz no galinheiro apressa o retorno, mas o descanso faz bem a elas."}
]$m$, 4, '2026-01-21T22:09:07Z', 'pt', 'u-0502');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8e287c25-9710-4b73-b808-776386281910', $m$[
  {"role":"user","content":"galinha solta com barriga grande e fezes moles, vi uma lombriga grossa e branca no chao do tamanho de um lapis"},
  {"role":"assistant","content":"Esse tamanho combina com Ascaridia galli, a lombriga mais comum de galinhas soltas. Ela sozinha raramente mata, mas emagrece, clareia a crista e, em franga nova, chega a entupir o intestino. Junte fezes frescas de umas oito aves, de preferência as cecais também, e leve para exame de flotação: o laboratório conta os ovos e mostra se há capilária, que exige dose maior. Barriga cheia pode ser outra coisa, como ovo retido ou líquido; apalpe ou leve a ave ao veterinário."},
  {"role":"user","content":"deu ascaridia 900 ovos por grama. qual remedio e posso comer os ovos?"},
  {"role":"assistant","content":"Para o vermífugo, o clínico deve escolher um benzimidazol registrado para poedeiras no seu país. Na Europa, o fenbendazol em solução oral está autorizado em galinhas a 1 mg/kg por dia durante cinco dias para Ascaridia, sem carência nos ovos; no Brasil leia a bula do produto comprado, porque o registro muda. Se a bula não incluir galinhas em postura, escolha outro. Depois de tratar, feche o piquete de três em três semanas em rodízio, tire a cama velha e mantenha o capim baixo: sol e secura destroem ovos do verme."}
]$m$, 4.5, '2026-01-23T18:05:13Z', 'pt', 'u-0819');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('906bac96-ce71-4a22-9d72-f596524833bd', $m$[
  {"role":"user","content":"cascudinho na cama, nuvem preto. estraga alguma coisa ou só incomoda?"},
  {"role":"assistant","content":"Estraga bastante: o Alphitobius diaperinus rói o isolamento da parede, tira o pintinho da ração, e carrega Salmonella, E. coli e o vírus de Gumboro de um lote ao outro. O frango enche o papo de besouro em vez de ração. O momento de atacar é o dia da saída, ainda com o galpão quente, antes que se escondam nas frestas. Aplique inseticida registrado para instalação vazia na borda, pilares e sob comedouros."},
  {"role":"user","content":"coloco cal ou fermento a cama?"},
  {"role":"assistant","content":"Fermentar bem coberto mata boa parte deles pelo calor, desde que a lona alcance as beiradas, pois fogem para o lado frio. A cal por si só não dá conta, mas ajuda a secar o piso depois de retirar a cama. Alterne o princípio ativo entre lotes, porque há resistência a piretroides. Vede as frestas com argamassa, cuide do terreno em volta e conte besouros em armadilhas de papelão corrugado a cada duas semanas: o número mostra se a providência anda dando resultado."}
]$m$, NULL, '2026-02-02T20:51:45Z', 'pt', 'u-0355');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9acb549b-e26f-49fc-8fed-95ed696246e3', $m$[
  {"role":"user","content":"o que é coccidiose? é pra um trabalho da escola técnica"},
  {"role":"assistant","content":"Trata-se de uma doença do intestino provocada por protozoários do gênero Eimeria. A ave engole oocistos esporulados presentes na cama; os parasitas invadem a parede intestinal, multiplicam-se e destroem as células. Nas galinhas descrevem-se sete espécies, e cada uma prefere um trecho: E. acervulina o duodeno, E. maxima o meio do intestino delgado, E. tenella os cecos. O resultado vai de uma leve perda de peso, que ninguém nota, até diarreia com sangue e morte."},
  {"role":"user","content":"passa pra outros bichos? e quanto tempo leva o ciclo"},
  {"role":"assistant","content":"As eimérias são muito fiéis ao hospedeiro: a da galinha não adoece peru, pato, coelho nem pessoa. Entre a ingestão do oocisto e a eliminação de novos nas fezes passam de 4 a 7 dias, conforme a espécie. Depois, no chão, o oocisto ainda precisa de calor, umidade e oxigênio para esporular, o que leva um ou dois dias. Por isso cama úmida e quente ao redor do bebedouro é o lugar onde a infecção se acelera."},
  {"role":"user","content":"pq desinfetante nao mata?"},
  {"role":"assistant","content":"A casca do oocisto tem dupla parede, impermeável à maioria dos produtos usados no galpão, inclusive cloro e quaternário de amônio. Amônia e calor funcionam melhor, e a dessecação ajuda. Na prática, ninguém esteriliza o piso: o que se busca é baixar a carga e deixar que as aves criem imunidade com doses pequenas. Daí vêm as duas estratégias do campo, que você pode citar no trabalho: anticoccidianos na ração ou vacina viva nos primeiros dias."}
]$m$, 4.5, '2026-02-09T14:13:43Z', 'pt', 'u-0077');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2cc2313-7928-4c0e-b0f7-f0739c1688f1', $m$[
  {"role":"user","content":"Quanto custa montar um aviário climatizado pra 20 mil frangos no oeste do Paraná? preciso pro banco"},
  {"role":"assistant","content":"O custo varia bastante conforme o equipamento, a região e o projeto. Recomendo pedir orçamentos."},
  {"role":"user","content":"nao tem nem uma faixa? e quais itens entram?"},
  {"role":"assistant","content":"Entram estrutura, equipamentos e mão de obra. Uma empresa de construção pode informar o valor atual, pois os preços mudam com frequência."}
]$m$, 3, '2026-02-15T07:33:09Z', 'pt', 'u-0819');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('275bd295-169c-47ef-8c8c-256ec84b09ae', $m$[
  {"role":"system","content":"Assistente intelia para avicultura. Cite o veterinário quando houver medicamento ou vacina."},
  {"role":"user","content":"Estou montando recria de 8 mil frangas vermelhas no interior de SP. Podem me sugerir um calendário de vacinas?"},
  {"role":"assistant","content":"Use este esqueleto para conversar com o responsável técnico, que o ajusta ao desafio da região:\n1. Incubatório: Marek, quase sempre com Gumboro vetorizada ou Newcastle vetorizada.\n2. Primeiras três semanas: bronquite infecciosa e Newcastle vivas (gota ocular ou spray), Gumboro viva quando não houver vetorizada.\n3. Semanas 6 a 10: reforço de Newcastle/bronquite, bouba na asa, primeira coriza inativada.\n4. Semanas 10 a 14: encefalomielite, segunda coriza, cólera se a zona pedir.\n5. Semanas 14 a 16: inativada com Newcastle, bronquite e síndrome da queda de postura, mais Salmonella Enteritidis."},
  {"role":"user","content":"pq tanta coisa no fim?"},
  {"role":"assistant","content":"As vacinas vivas preparam a memória imune; a inativada oleosa, dada depois, levanta anticorpos altos e duradouros que acompanham a ave por boa parte da postura. Ela precisa ser aplicada uma a uma, e o melhor momento é aproveitar o manuseio da transferência sem deixar para a última semana, porque a franga que começa a botar sofre com a contenção. Deixe uns dez a quinze dias entre a última injeção e o primeiro ovo."},
  {"role":"user","content":"da pra fazer tudo em um dia só pra economizar mao de obra"},
  {"role":"assistant","content":"Não aconselho juntar tudo. Duas vacinas vivas respiratórias competem pela mesma mucosa se forem dadas com poucos dias de diferença, e três injeções na mesma ave derrubam o consumo. O que se combina bem: bouba na membrana da asa no mesmo dia de uma inativada no peito. Coriza quer duas doses separadas por umas quatro semanas. Planeje com o calendário da mão de obra, mas o intervalo biológico manda."},
  {"role":"user","content":"como sei se pegou"},
  {"role":"assistant","content":"Três verificações simples. A bouba forma nódulo ou crosta no ponto da picada entre 7 e 10 dias: olhe 50 aves e refaça se menos de 90% tiverem reação. Na gota ocular com corante, a língua fica azul logo após a aplicação. Para as inativadas, colha sangue de 20 a 25 frangas antes da primeira dose e quatro a seis semanas após a última e mande para sorologia; mais do que o título médio, interessa ele estar parelho entre as aves."}
]$m$, 4.5, '2026-02-28T09:05:59Z', 'pt', 'u-0288');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0a02aff6-e3c3-4d97-b735-dde73bbaf27c', $m$[
  {"role":"user","content":"Inverno, galinheiro cheio de cheiro a amoníaco logo de manhã mas se abro as janelas a temperatura vai abaixo. Como equilibro?"},
  {"role":"assistant","content":"Ventilação mínima e aquecimento andam juntos; fechar tudo para poupar gasóleo sai caro em cama molhada e pulmões. O limite europeu para frangos é de 20 ppm de amoníaco e 3.000 ppm de dióxido de carbono, medidos à altura da cabeça das aves, e vale como bom alvo também em galinhas. Trabalhe com um ciclo curto, repetido a cada cinco minutos, de exaustores, entrada de ar alta e estreita para que a corrente siga pelo teto e aqueça antes de descer. Largar uma janela de baixo manda o ar frio direto às costas das aves."},
  {"role":"user","content":"Tenho só dois exaustores e persianas laterais, sem computador."},
  {"role":"assistant","content":"Dá para fazer com um temporizador. Abra as persianas apenas uns dedos, todas iguais, e ponha um dos exaustores a funcionar um minuto em cada cinco; suba ou desça o tempo até que de madrugada não arda o nariz e os vidros não escorram. Uma fita leve pendurada a três metros da parede mostra o jato: se cai aos pés das aves, a abertura está larga demais ou a depressão é fraca. Registe humidade: acima de 70% durante dois dias, falta ar."}
]$m$, 4, '2026-03-05T16:19:55Z', 'pt', 'u-1361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('96fe1284-3192-4898-b0ed-643deeb14b6e', $m$[
  {"role":"system","content":"Assistente técnico da cooperativa. Quando houver lei, informe que a norma estadual pode variar."},
  {"role":"user","content":"O que faço com uns 40 frangos mortos por dia? Vizinho reclamou do cheiro."},
  {"role":"assistant","content":"Quarenta aves diárias exigem composteira coberta e impermeável. Monte camadas: 20 a 30 cm de maravalha ou cama seca no fundo, uma camada de aves sem se tocarem nem encostarem na parede, mais substrato, um pouco de água e assim por diante, terminando com substrato. Procure que o miolo passe de 55 °C por alguns dias; é isso que reduz bactérias e cheiro. Depois do segundo revolvimento, o composto serve para lavoura, não para horta de folhas. Mortalidade súbita não vai para a composteira: avise a defesa sanitária primeiro. A Instrução Normativa 48/2019 do Ministério da Agricultura trata do recolhimento e destino de animais mortos, e o órgão ambiental do estado acrescenta distâncias de poços e divisas."}
]$m$, 4.5, '2026-03-10T10:59:57Z', 'pt', 'u-0218');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ff7b2499-a9c7-4850-a723-e507468796e8', $m$[
  {"role":"user","content":"poedeiras com a cara inchada, nariz escorrendo fedido, lote de 26 sem. é coriza?"},
  {"role":"assistant","content":"Cara inchada, secreção nasal malcheirosa e inapetência, surgindo depressa em várias aves, falam a favor da coriza infecciosa (Avibacterium paragallinarum). A incubação é curta, de um a três dias, e o lote inteiro fica enfermo em pouco tempo, com queda de postura. Mande suabes de seio infraorbitário de aves no início do quadro, pois a bactéria desaparece depressa nos casos antigos. O veterinário descarta micoplasma e cólera."},
  {"role":"user","content":"cura e não volta?"},
  {"role":"assistant","content":"Antibiótico escolhido pelo clínico melhora os sinais, mas os portadores ficam e o lote recai quando se estressa; confira a carência para ovos antes de assinar. A prevenção é não misturar idades e vacinar com bacterina das cepas locais, pelo menos duas doses em recria, separadas por umas quatro semanas e bem antes da postura. Se for granja de idades múltiplas, planeje um vazio por galpão com lavagem da água, que é onde mais se passa entre gaiolas."}
]$m$, 3.9, '2026-03-19T16:29:19Z', 'pt', 'u-1019');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e9816c53-51d2-4321-bb4f-f8bb317288e3', $m$[
  {"role":"system","content":"Responda como consultor de matrizes pesadas."},
  {"role":"user","content":"fertilidade caiu de 92 pra 84 com 48 semanas, fêmeas no peso. por onde começo?"},
  {"role":"assistant","content":"Pelos machos. Pese-os separadamente e olhe a quilha, os pés e a cloaca: o galo ativo tem cloaca úmida e rosada e pernas sem calos. Galo pesado demais não completa a cópula; galo magro demais parou de produzir sêmen. Depois conte quantos estão realmente em trabalho. Nessa idade costuma bastar entre 7 e 8,5 machos por 100 fêmeas, porque excesso gera brigas e deficiência deixa fêmeas sem cobertura. Quebre também ovos claros do dia 10 para separar infertilidade de morte embrionária precoce."},
  {"role":"user","content":"machos com 4,9 kg, tabela 4,5. spiking adianta?"},
  {"role":"assistant","content":"Machos 9% acima da curva já explicam boa parte. Spiking com galos jovens, de umas 25 semanas ou mais e já treinados no comedouro próprio, costuma dar impulso de seis a oito semanas, mas traz risco sanitário: só da mesma origem, com sorologia negativa para Salmonella e micoplasma, ou galos de outro galpão da mesma granja. Ao mesmo tempo verifique a grade de exclusão: galo roubando ração de fêmea é a razão clássica do sobrepeso. Aguarde três semanas para medir o efeito, que é o tempo de aparecer no nascimento."}
]$m$, 4, '2026-03-25T21:11:31Z', 'pt', 'u-1555');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cd3f1ccd-9196-4574-9c61-7e52acba84d9', $m$[
  {"role":"user","content":"Tenho poedeiras castanhas com 72 semanas e 9% de ovos partidos ou com casca fina. Mudei de fornecedor de calcário há um mês."},
  {"role":"assistant","content":"A coincidência merece ser investigada. Galinha velha põe ovo maior com a mesma quantidade de casca, logo algum aumento é esperado; 9% já passa disso. Ponha uma colher do calcário novo num copo com vinagre: o fino ferve e some depressa, o grosseiro continua a borbulhar durante muito tempo. Nesta idade convém que cerca de dois terços do cálcio venham de partículas de 2 a 4 mm, que ficam na moela e libertam cálcio durante a noite, quando a casca se forma. Peça também a análise do fósforo disponível."},
  {"role":"user","content":"O vinagre comeu tudo em 5 minutos. E as gaiolas têm arames tortos, conta?"},
  {"role":"assistant","content":"Os dois contam. Calcário em pó não sustenta a casca da madrugada, portanto exija granulometria ao fornecedor e, até chegar o lote certo, dê casca de ostra partida ao fim da tarde, alguns gramas por galinha. Quanto aos arames, marque os ovos partidos por fila e por gaiola durante três dias: se a maioria sair de meia dúzia de pontos, o defeito é mecânico. Recolha mais uma vez por dia, porque ovo que espera na calha apanha as pancadas do seguinte."}
]$m$, 5, '2026-04-03T17:25:57Z', 'pt', 'u-1107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('46cf81cd-84a2-4d8f-b507-cc16b4161b8a', $m$[
  {"role":"user","content":"comprei 50 pintinhos caipira de 1 dia, so tenho uma lampada de 60w, ta bom? aqui faz 16 de noite"},
  {"role":"assistant","content":"Com 16 °C lá fora, uma lâmpada comum de 60 W não aquece cinquenta pintinhos. Prefira uma campânula ou lâmpada infravermelha de 250 W, presa com corrente e longe de maravalha solta, porque incêndio em pinteiro é mais frequente do que se imagina. Monte um círculo de proteção de uns 2 m com chapa ou papelão e deixe uma zona mais fresca, para que eles escolham. Na altura dos pintinhos, logo abaixo da campânula, trabalhe com 32 a 33 °C nos primeiros dias."},
  {"role":"user","content":"como sei que ta bom sem termometro?"},
  {"role":"assistant","content":"Olhe a distribuição, de preferência sem acender outra luz. Todos amontoados sob a lâmpada: frio. Colados na parede, de bico aberto: calor. Espalhados em pequenos grupos, uns comendo e outros deitados: conforto. Se ficam todos de um lado, há corrente de ar. Encoste também um pé de pintinho na bochecha; pé gelado quer dizer piso frio, que derruba o consumo já no primeiro dia. A cada semana baixe uns 2 a 3 °C, subindo a campânula, até dispensá-la quando estiverem empenados."}
]$m$, 4, '2026-04-07T05:07:23Z', 'pt', 'u-0944');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1865c3ef-eba0-435a-8a95-399eb696ac3a', $m$[
  {"role":"user","content":"qual desinfetante uso no arco de veiculos e em que concentração? é um núcleo de frango com 6 galpões"},
  {"role":"assistant","content":"A desinfecção é muito importante na avicultura e deve fazer parte da rotina."},
  {"role":"user","content":"tá mas qual produto"},
  {"role":"assistant","content":"Existem vários no mercado."}
]$m$, 1, '2026-04-18T09:09:03Z', 'pt', 'u-0218');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('fd8f22f1-0451-46a1-8074-51e201d83d93', $m$[
  {"role":"user","content":"galinha d'angola: quero soltar 30 filhotes com 2 semanas junto com as galinhas. ração de pintinho normal serve? e vermes?"},
  {"role":"assistant","content":"Duas semanas é cedo: as angolinhas só regulam bem a temperatura empenadas, lá pelas seis semanas, e molhadas morrem com facilidade. Deixe-as num cercado aquecido à vista das galinhas para que se acostumem. Quanto à ração, a de pintinho de corte cobre melhor, porque a guiné jovem precisa de 24 a 26% de proteína nas primeiras semanas; a de poedeira não serve. Bebedouro raso com pedrinhas evita que se afoguem, e os vermes (inclusive o cecal) vigie por exame de fezes antes de medicar."},
  {"role":"user","content":"tá otimo! vou fazer o cercadinho domingo"}
]$m$, 4, '2026-04-25T14:19:43Z', 'pt', 'u-1555');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6ea74468-dc7b-45f0-a514-94bd5c574dd3', $m$[
  {"role":"user","content":"que dados devo anotar todo dia no aviario? sou estagiaria em tecnica e vou montar a ficha"},
  {"role":"assistant","content":"Comece pelos dados que mudam decisões: data, idade, mortos e descartes separados por causa aparente, consumo de ração e de água, temperatura mínima e máxima, umidade, cloro e pH da água. Uma vez por semana, peso de no mínimo cem aves e uniformidade. Por evento: vacinas, medicamentos com lote, dose e carência, troca de ração, queda de energia, visitantes. Registre a conversão e o índice de eficiência produtiva (viabilidade vezes peso em quilos, dividido por idade vezes conversão, tudo vezes cem). Um lote com 96% de viabilidade, 2,8 kg, 42 dias e conversão de 1,65 chega a 388."},
  {"role":"user","content":"adorei, vou colocar a coluna da agua primeiro pq ninguem mede aqui"}
]$m$, 4, '2026-05-04T19:23:13Z', 'pt', 'u-0391');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4977a087-31d9-4fda-8a48-05ef8224b3ba', $m$[
  {"role":"user","content":"minha postura caiu de 92 pra 78 em 4 dias, 6200 brancas 34 semanas"},
  {"role":"assistant","content":"Catorze pontos em quatro dias é coisa séria. Responda de preferência com números: consumo de água e de ração de ontem contra a semana passada, mortos por dia, aspecto da casca, tosse ou ronco à noite, alguma falta de luz ou mudança de ração."},
  {"role":"user","content":"agua caiu 30%, ração 22%. mortos 3 por dia, antes 1. casca normal. sem tosse. luz ok"},
  {"role":"assistant","content":"Quando a água cai tanto e a casca segue normal, eu olharia primeiro a água. Abra o registro, veja filtro, regulador e boia; meça a vazão do último nipple de cada fileira em um minuto. Passe a mão na caixa: está quente? O cheiro mudou? Só depois disso faz sentido falar em doença. Uma fileira seca por dois dias basta para parar uma parte do lote e pode passar despercebida."},
  {"role":"user","content":"achei! filtro entupido, fileira 3 e 4 quase sem vazao. as fileiras 1 e 2 botam normal"},
  {"role":"assistant","content":"Então a explicação cabe inteira. Restaure o fluxo devagar, porque galinha com sede bebe de uma vez e alaga a calha. Ofereça ração fresca em várias corridas curtas para puxar o apetite. Troque o elemento do filtro, dê descarga nas linhas e anote a pressão de entrada e de saída; a diferença entre as duas avisa antes do próximo entupimento."},
  {"role":"user","content":"quanto tempo pra voltar? e podem muda?"},
  {"role":"assistant","content":"As que tiveram só um dia ou dois de restrição costumam recuperar em uma a duas semanas. Já as que ficaram três ou quatro dias sem água podem ter entrado em muda parcial, e essas demoram bem mais, com penas no chão como sinal. Conte as penas soltas debaixo das gaiolas e compare fileira por fileira. Não acelere com excesso de luz."},
  {"role":"user","content":"posso dar vitamina? e como evito de novo"},
  {"role":"assistant","content":"Um complexo de vitaminas e eletrólitos por dois ou três dias não faz mal, mas quem resolve é a água. Para não repetir, instale hidrômetro por fileira e escreva o valor todo dia na mesma hora: queda de 10% sem mudança de clima já merece uma volta no galpão. Lave o filtro em data fixa e tenha um de reserva. Se a mortalidade não regredir em três dias, aí sim chame o veterinário."}
]$m$, 5, '2026-05-08T20:47:37Z', 'pt', 'u-1019');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2aa9e01c-8d04-4118-83ac-b1f4fb164440', $m$[
  {"role":"user","content":"agua do poço: pH 8,2, dureza alta, e o cloro que coloco some. que faço"},
  {"role":"assistant","content":"Com pH acima de 8 quase todo o cloro fica na forma pouco ativa, e a matéria orgânica ou o ferro consomem o resto. Comece por uma análise completa, com bacteriologia, ferro, manganês e nitrato. Se o ferro for alto, é preciso oxidar e filtrar antes de qualquer desinfetante. Em seguida acidifique para uma faixa de 5 a 7, onde o cloro trabalha bem, com ácido indicado para água de bebida e dosador separado: ácido e hipoclorito jamais no mesmo balde, pois liberam gás tóxico."},
  {"role":"user","content":"quanto de cloro no final da linha?"},
  {"role":"assistant","content":"Procure de 3 a 5 ppm de cloro livre no último bebedouro, medido com kit de DPD e não com fita de piscina velha. Um medidor de potencial de oxirredução mostrando 650 a 750 mV confirma que a água está protegida. Depois de corrigir o pH, a dose de hipoclorito cai bastante, portanto reduza aos poucos e remeça todos os dias na primeira semana. Antes de vacinar pela água desligue o dosador, senão você mata a vacina."}
]$m$, 4, '2026-05-20T18:23:39Z', 'pt', 'u-1420');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ab7d9139-af9e-49cd-8593-b492a87e8115', $m$[
  {"role":"user","content":"frangos mancos com 33 dias, uns 4%, ficam sentados sobre os jarretes e abrem as asas pra andar. abri a perna e a cabeça do femur descolou"},
  {"role":"assistant","content":"Cabeça do fêmur que se solta ou esfarela ao puxar é o achado da condronecrose bacteriana com osteomielite, mais conhecida como necrose da cabeça do fêmur. Bactérias, entre elas Staphylococcus, Enterococcus cecorum e E. coli, chegam pelo sangue a pequenas fraturas da cartilagem de crescimento. Antes de atribuir tudo a isso, veja também a quarta vértebra torácica em dois ou três casos paralisados, e a tíbia, para descartar discondroplasia. Cultive em medula de ave fresca."},
  {"role":"user","content":"tem que tratar?"},
  {"role":"assistant","content":"Antibiótico raramente devolve a perna ao frango que já não anda; esses devem ser abatidos sem demora e sem sofrimento. O trabalho está no próximo lote: freie um pouco o ganho entre 7 e 14 dias com programa de escuro, evite cama escorregadia e rampas, cuide da água clorada e da saúde intestinal, porque a bactéria atravessa o intestino. Verifique cálcio, fósforo e vitamina D da ração e a integridade do umbigo na chegada. Registre o escore de marcha de 50 aves aos 28 dias para acompanhar tendência."}
]$m$, 5, '2026-05-27T14:19:23Z', 'pt', 'u-1120');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('da44f838-6d02-48ba-9baa-02e1cb108bd5', $m$[
  {"role":"user","content":"Boa tarde, tenho 600 frangos do campo com 26 dias, apareceram fezes com sangue desde ontem e já morreram 11. Suspeito de coccidiose cecal. Posso dar amprólio?"},
  {"role":"assistant","content":"A idade e o sangue vivo encaixam com Eimeria tenella. Abra dois ou três animais mortos há pouco: se os cecos estiverem distendidos e cheios de sangue ou de um rolhão escuro, a suspeita fica quase fechada. O amprólio na água usa-se a 0,012–0,024% durante 3 a 5 dias e depois a 0,006% por uma a duas semanas; o seu médico veterinário é que deve prescrever e confirmar a concentração do produto que tem à mão. Não misture vitamina B1 na mesma altura, porque anula o efeito."},
  {"role":"user","content":"tenho de retirar a cama toda?"},
  {"role":"assistant","content":"Toda, não vale a pena: as aves adoecidas voltariam a excretar logo a seguir. Tire apenas as placas molhadas em redor dos bebedouros, reponha material seco, suba as pipetas até à altura certa e aumente a renovação de ar nas horas mais quentes. Ofereça a água medicada como única fonte. Registe o nome do medicamento, as datas e o intervalo de segurança no livro do pavilhão, e só marque o abate depois de o cumprir."}
]$m$, 5, '2026-05-30T18:09:59Z', 'pt', 'u-1203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0577b461-099f-4d23-85b8-a582607ad844', $m$[
  {"role":"user","content":"Quero criar 500 frangos em Angola para vender. Quanto custa o quilo? não sei fazer a conta"},
  {"role":"assistant","content":"Faça-a por lote e depois divida pelo peso vendido. Some: pintos, ração, medicamentos e vacinas, cama, aquecimento, água e luz, mão-de-obra, transporte e uma parte do pavilhão. Calcule a ração assim: peso médio final vezes conversão vezes número de aves. Exemplo: 500 pintos, 4% de perdas, 2,2 kg à venda e conversão de 1,8 dão 480 aves, 1.056 kg de peso vivo e cerca de 1.900 kg de ração. A ração costuma levar uns 65 a 70% do total."},
  {"role":"user","content":"o meu pinto custa 900 kz e o saco de 50 kg 28 mil. dá lucro se vender a 3.200 o frango?"},
  {"role":"assistant","content":"Só esses dois dão: pintos, 500 × 900 = 450.000 kz; ração, 1.900 kg são 38 sacos, ou 1.064.000 kz. Juntos, 1.514.000 kz, que em 480 frangos fazem 3.154 kz cada, antes de energia, cama e vacinas. A 3.200 kz não sobra nada. Veja onde mexer: conversão de 1,65 poupa uns 160 kg, ou cerca de três sacos; vender directamente ao consumidor ou por quilo pode valer mais. Não avance sem uma margem para lotes maus."}
]$m$, 4, '2026-06-06T05:57:47Z', 'pt', 'u-1450');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2e7ae3f8-2907-4adc-9306-940ba7fbe38e', $m$[
  {"role":"user","content":"cama empastada debaixo dos nipples, os frangos com 22 dias ja tem calo preto no pé. o que regulo primeiro"},
  {"role":"assistant","content":"Primeiro a altura e a pressão, nessa ordem. Aos 22 dias o frango deve esticar levemente o pescoço, com o nipple um pouco acima da cabeça; se bebe de lado, derrama metade. Na pressão, use o manual do fabricante do bebedouro, porque a vazão certa muda com a idade. Em seguida tire as placas, jogue maravalha seca e revolva o restante sem os frangos por cima. Calo preto é queimadura por cama molhada e amônia, e o quanto antes secar, menos aves sangram."},
  {"role":"user","content":"coloquei cal hidratada, ajuda?"},
  {"role":"assistant","content":"Ajuda pouco e pode atrapalhar. A cal eleva o pH, libera amônia que estava presa no esterco e queima os olhos dos frangos quando aplicada com eles dentro. Guarde-a para o intervalo entre lotes. Com aves alojadas, o que seca cama é ar em movimento: ventilação mínima regulada, circuladores voltados para cima e aquecimento em dias frios. Faça o teste do punhado: apertada na mão, a cama boa gruda de leve e se desmancha ao abrir os dedos; se fica uma bola, passou dos 35% de umidade."}
]$m$, 4.5, '2026-06-19T14:29:41Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('723b6939-dd1f-4c25-b8a1-03838f8cdd5c', $m$[
  {"role":"user","content":"galinhas botadeiras bicando as penas uma da outra, tem duas quase peladas na cauda e sangrando. comecou semana passada"},
  {"role":"assistant","content":"Sangue atrai mais bicada, então separe já as duas feridas, limpe e aplique um repelente de cor escura, próprio para isso; só voltam quando tudo fechar. Depois procure a causa: o que mudou há uma semana? Ração nova, luz forte, falta de sódio ou de proteína, superlotação, ácaros, sol direto no ninho? Normalmente são duas ou três coisas somadas. Quantos centímetros de comedouro e quantas aves por metro quadrado você tem?"},
  {"role":"user","content":"22 aves em 2,5 m2 fechado na chuva toda a semana. ração de frango mais milho"},
  {"role":"assistant","content":"São quase nove por metro quadrado, sem pasto e sem distração, e com uma dieta fraca: o milho misturado dilui metionina, sódio e vitaminas, e a ração de frango já não traz o cálcio que a postura pede. Passe para ração completa de poedeira, sem milho a mais do que um punhado à tarde. Pendure maços de capim ou couve à altura da cabeça, ponha uma caixa de areia e cinza para o banho, e abra uma cobertura de lona ao lado para aliviar."},
  {"role":"user","content":"vale cortar bico?"},
  {"role":"assistant","content":"Para 22 galinhas adultas, não recomendo: dói, infecciona e não remove a causa. O aparo terapêutico em poedeiras comerciais faz-se em pintinhas, com equipamento e pessoa habilitada; na Europa só é tolerado antes dos dez dias de vida e alguns países já o proibiram. No seu caso abaixe a luminosidade dos ninhos, retire a galinha agressora por uns dias e devolva-a de noite. Em duas semanas a pena nova cobre a pele e o hábito costuma sumir."}
]$m$, 4.5, '2026-06-22T13:37:29Z', 'pt', 'u-0502');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('801f5ac2-c41c-4037-88ee-565b48b21917', $m$[
  {"role":"user","content":"Previsão de 39 °C por 4 dias aqui em Uberaba, frangos com 35 dias, galpão convencional com ventilador e nebulizador. Socorro"},
  {"role":"assistant","content":"Quatro dias pedem plano por horário. Das 4h às 9h deixe as aves comerem à vontade; suspenda a ração umas três horas antes do pico e só volte a baixar os comedouros quando esfriar, para que o calor da digestão não coincida com o do ambiente. Ligue ventiladores cedo, antes de as aves ofegarem. Nebulizador só com ar em movimento e enquanto a umidade estiver abaixo de uns 70%, porque acima disso ele atrapalha a respiração ofegante. Caminhe pelo galpão devagar, a cada hora, levantando os frangos deitados para soltar o calor preso embaixo."},
  {"role":"user","content":"a agua da caixa fica quente demais"},
  {"role":"assistant","content":"Água morna é bebida com relutância; a faixa desejável está por volta de 18 a 21 °C. Sombreie a caixa, cubra com manta ou pintura branca, enterre ou isole os canos expostos e dê descarga nas linhas de hora em hora no pico da tarde. Garrafas de gelo na caixa servem como paliativo em galpão pequeno. Eletrólitos com sódio, potássio e bicarbonato, na dose do rótulo, ajudam a repor o que se perde na respiração; dê antes e durante o calor, não no dia seguinte."},
  {"role":"user","content":"se começar a morrer eu carrego o lote antes?"},
  {"role":"assistant","content":"Antecipar pode salvar parte, desde que o abatedouro aceite e o carregamento aconteça de madrugada, com gaiolas menos cheias e o caminhão em movimento ou sob ventilação e sombra. Mexer em frango ofegante às duas da tarde mata mais do que o calor parado. Combine já hoje com o frigorífico um horário de reserva. Anote a temperatura e os mortos de hora em hora: se a curva noturna não cair, é sinal de que as aves não estão conseguindo esfriar de noite, e então a retirada urgente se justifica."}
]$m$, 5, '2026-06-29T17:25:29Z', 'pt', 'u-0318');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('88350770-76a3-4303-aa2a-b682bec243c0', $m$[
  {"role":"user","content":"milho chegou com cheiro de mofo e 16% de umidade. posso dar pras aves? o resto do silo ta bom"},
  {"role":"assistant","content":"Deixe esse milho fora. Aos 16% os fungos continuam crescendo, e o cheiro indica que já houve atividade. Separe a carga, colha dez amostras pequenas de pontos distintos, junte, quarteie e mande analisar aflatoxina, fumonisina e zearalenona. Para guardar com segurança convém baixar para 13 a 14%. Mofo visível nem sempre quer dizer toxina, e toxina pode existir sem mofo: o laboratório decide."},
  {"role":"user","content":"se der aflatoxina alta, uso adsorvente?"},
  {"role":"assistant","content":"Os adsorventes de argila seguram razoavelmente a aflatoxina, bem menos a fumonisina e quase nada a DON. Então só servem se o resultado mostrar aflatoxina, e como complemento de diluição e não como licença para usar tudo. Franguinhos, patinhos e perus são os mais sensíveis; os patos nem devem receber. Matrizes e poedeiras também merecem atenção, porque o fígado sofre. Converse com o nutricionista sobre o teto legal da sua região."}
]$m$, 3.5, '2026-07-10T18:07:33Z', 'pt', 'u-0977');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4827a20b-a936-4855-b0a9-64d1d78024e4', $m$[
  {"role":"user","content":"Sou de Viseu, tenho 9.000 poedeiras de solo. Com que frequência devo fazer colheitas para salmonela e que botas são essas de que o veterinário fala?"},
  {"role":"assistant","content":"As botas são coberturas absorventes de calçado, de tecido, com que se percorre o pavilhão para apanhar pó e fezes. Pelo plano europeu, o produtor colhe a partir das 22 a 26 semanas e depois de 15 em 15 semanas: dois pares por bando, percorrendo todo o pavilhão, sobre cama e zonas húmidas. Além dessas, há um controlo oficial por ano num bando de cada exploração com mais de mil aves. Confirme o calendário com a DGAV, que define os pormenores nacionais."},
  {"role":"user","content":"E se der positivo a Enteritidis?"},
  {"role":"assistant","content":"Os ovos deixam de poder ser comercializados como categoria A até prova em contrário e seguem para tratamento térmico na indústria; há destino próprio para o bando. A autoridade pode repetir a colheita quando houver razões para duvidar do resultado. Antibiótico para «limpar» o bando não é permitido como medida de controlo, e apenas mascara a excreção. No vazio, concentre-se em roedores, ovos partidos, tapetes e condutas, os três reservatórios habituais: rato, pó e água parada. Vacine as frangas seguintes."}
]$m$, 4.5, '2026-07-16T07:51:05Z', 'pt', 'u-1361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1a35e84f-2f5f-4509-aa8f-a912e6968233', $m$[
  {"role":"user","content":"Sou de Chimoio. As galinhas do bairro estão a morrer de repente, pescoço torto, fezes verdes. Será Newcastle?"},
  {"role":"assistant","content":"Pescoço torcido, fezes esverdeadas e mortes em muitas casas ao mesmo tempo são, de facto, o retrato da doença de Newcastle na galinha de aldeia. A gripe aviária pode parecer igual e só o laboratório separa as duas. Avise hoje os Serviços Distritais de Actividades Económicas ou a pecuária. Não venda nem ofereça aves doentes, queime ou enterre fundo as mortas, e não leve restos para outro quintal."},
  {"role":"user","content":"as minhas 22 ainda estão boas. dá tempo de vacinar?"},
  {"role":"assistant","content":"Vacinar uma ave já infectada não a salva, mas as suas podem ainda não ter apanhado o vírus. Fale com o vacinador comunitário e feche as galinhas no quintal até lá. Em Moçambique usa-se muito a vacina viva I-2, termotolerante, aplicada com uma gota num só olho. A protecção leva uma a duas semanas a formar-se, por isso continue com os cuidados depois da gota."},
  {"role":"user","content":"e de quanto em quanto tempo repete"},
  {"role":"assistant","content":"De quatro em quatro meses, e as campanhas costumam marcar-se em Março, Julho e Novembro, antes das alturas de maior mortandade. Leve todas as aves, incluindo pintos; os que nascerem a seguir entram na volta seguinte. Mantenha o frasco à sombra e fresco, respeite a data escrita nele e deite fora o que sobrar no fim do dia. Se os vizinhos aderirem no mesmo fim-de-semana, o resultado melhora muito, porque o vírus deixa de ter onde circular."}
]$m$, 5, '2026-07-25T08:47:49Z', 'pt', 'u-0905');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cf15e0e2-b106-42a8-ba61-000f7c366a07', $m$[
  {"role":"user","content":"dei enrofloxacina 3 dias pra 30 galinhas de ovos q espirravam. posso vender os ovos?"},
  {"role":"assistant","content":"Não venda nem dê esses ovos. A enrofloxacina, nas bulas que conheço, não é destinada a galinhas que produzem ovos para consumo, pois o resíduo aparece na gema durante semanas. Anote dose, datas e o lote do frasco e fale com o veterinário que receitou: ele dirá por quanto tempo manter o descarte. Congelar, cozinhar ou lavar não elimina o resíduo. Não dê também a porcos ou cães sem orientação."},
  {"role":"user","content":"ninguem receitou, comprei no agropecuario. foi errado?"},
  {"role":"assistant","content":"Sem exame ninguém sabe se era bactéria. Espirro em galinha costuma ser vírus, micoplasma ou amônia do esterco, e o remédio não toca no primeiro nem no terceiro. Guarde os frascos e conte ao clínico o que ocorreu, sem receio. Daqui para a frente: leve uma ave doente ao laboratório, trate só com receita e confira na bula as palavras \"galinhas em produção\". No Brasil, a IN 1/2020 já baniu tilosina, lincomicina e tiamulina como aditivos de crescimento; a resistência é um problema de todos."}
]$m$, 5, '2026-07-29T21:49:11Z', 'pt', 'u-0671');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('89c240fa-0e9b-4e75-9e5a-aa5b18526d95', $m$[
  {"role":"user","content":"onfalite no pinto de 1 dia, como vejo? chegou caixa com cheiro ruim"},
  {"role":"assistant","content":"Vire dez pintinhos por caixa, de caixas do começo, do meio e do fim da carga, e olhe o umbigo sob boa luz. Normal é seco e liso. Botão preto pequeno, cordão seco ou umbigo aberto com rubor são defeitos; abdome duro, inchado e com mau cheiro fala a favor de infecção já instalada. Anote a proporção por caixa, fotografe e ligue para o incubatório ainda no mesmo dia. Se os umbigos ruins se repetirem de caixa em caixa, peça também que a primeira semana de mortos seja necropsiada."},
  {"role":"user","content":"9% com umbigo aberto. dou antibiotico na chegada por precaução?"},
  {"role":"assistant","content":"Prevenir de rotina com antibiótico não é boa prática e em vários lugares, como a União Europeia, não se admite. Ofereça conforto: cama a 28–30 °C, ração em papel, água limpa e fresca, sem ser gelada. Se a mortalidade passar do padrão a partir do segundo dia, o veterinário faz cultura da gema e antibiograma e receita a molécula certa, na dose e no prazo certos. Aquela compra do incubatório merece uma reunião sobre limpeza dos ovos e janela de nascimento."}
]$m$, 5, '2026-08-09T11:33:09Z', 'pt', 'u-0733');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9c972d4a-c229-42d8-ad9c-53be0109bd2b', $m$[
  {"role":"user","content":"Galinheiro com ácaro vermelho outra vez. As galinhas não querem entrar à noite e tenho os braços cheios de picadas. Já caiei tudo"},
  {"role":"assistant","content":"O Dermanyssus gallinae só sobe às aves de noite e passa o dia nas frinchas, por isso a cal nas paredes lisas falha. Comece por encontrar os esconderijos: ponta dos poleiros, encaixes, por baixo dos ninhos, com a cinza e o ponteado preto das fezes. Retire a madeira solta, aspire, lave com água quente sob pressão e deixe secar por completo. Poleiros metálicos apoiados em copos com óleo interrompem a subida. Repita em cerca de uma semana, que é o tempo de uma geração com calor."},
  {"role":"user","content":"e há remédio na água, um vizinho falou?"},
  {"role":"assistant","content":"Há o fluralaner, autorizado na União Europeia para galinhas: 0,5 mg por quilo de peso na água de bebida, duas tomas com sete dias de intervalo, sem intervalo de segurança nos ovos e com 14 dias para a carne. É sujeito a receita médico-veterinária, e o cálculo do peso total e do consumo de água tem de ser bem feito. Usado sem a limpeza, o ácaro que ficou nas frinchas volta, pois resiste vários meses sem comer. Nunca borrife produtos agrícolas sobre galinhas poedeiras: os ovos ficam com resíduos."}
]$m$, 5, '2026-08-16T19:35:07Z', 'pt', 'u-1107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4438e83e-d87b-495b-8fd8-0786c5596cb7', $m$[
  {"role":"user","content":"frangos 24 dias, mort dobrou em 2 dias, gas no intestino e parede com aspecto de toalha. enterite necrotica?"},
  {"role":"assistant","content":"Parede do intestino delgado com aspecto de toalha turca, cheia de gás e com película acastanhada, em frangos de duas a cinco semanas, é a descrição clássica. O causador, Clostridium perfringens, já vive no intestino; falta saber o que o soltou. As causas mais frequentes: coccídios (veja se há pontos brancos ou petéquias), mudança brusca de ração, trigo, centeio ou cevada sem enzima, farinha de peixe e cama molhada. Recolha amostras intestinais de aves frescas e fale com o clínico hoje, porque em dois dias a perda pode ser séria."},
  {"role":"user","content":"trocou a ração na sexta! entra milho com 12% de trigo sem enzima"},
  {"role":"assistant","content":"A troca está no lugar certo da cronologia. Ligue para a fábrica e peça que as próximas cargas tragam xilanase, ou que se retire o trigo, com transição gradual de dois a três dias. Enquanto não chega, o veterinário pode receitar antimicrobiano por água, com carência até o abate; anote-a já ao lado da data prevista. Faça escore de lesão de coccidiose em seis aves: se as eimérias estiverem por trás, curar só o clostrídio levará a outro surto daqui a duas semanas."}
]$m$, 4.5, '2026-08-25T11:47:41Z', 'pt', 'u-0631');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('96f1b984-a5dc-4f00-bce4-dbdea50536c8', $m$[
  {"role":"system","content":"Você é o assistente técnico de avicultura. Responda em português, de forma objetiva."},
  {"role":"user","content":"qual a diferença entre programa shuttle e rotação de anticoccidianos? na fabrica usamos monensina o ano todo"},
  {"role":"assistant","content":"No shuttle você troca de droga dentro do mesmo lote: por exemplo, um produto químico ou combinado na inicial e um ionóforo no crescimento. Na rotação a troca acontece entre lotes, a cada quatro a seis meses. As duas manobras existem porque nenhuma molécula nova chega ao mercado há anos, e o uso contínuo de uma só seleciona eimérias tolerantes. Doze meses seguidos de monensina, mesmo sendo ionóforo, pedem um teste de sensibilidade ou, no mínimo, escore de lesão em frangos de 21 a 28 dias."},
  {"role":"user","content":"e a vacina entra onde"},
  {"role":"assistant","content":"Ela entra como \"descanso\" das drogas. Um ou dois lotes vacinados repovoam a cama com cepas sensíveis e devolvem eficácia ao ionóforo que vem depois. Condições para dar certo: aplicação uniforme no incubatório, ração sem anticoccidiano, cama com umidade suficiente para os oocistos esporularem e observação atenta entre 14 e 24 dias, quando pode surgir reação intestinal e abrir a porta para enterite necrótica. Em época fria, com conversão já apertada, muita empresa prefere adiar. Lembre também que monensina é letal para cavalos: nada de sobra de ração na cocheira."}
]$m$, 4, '2026-08-30T21:43:19Z', 'pt', 'u-0631');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4c9b554c-6c41-4d85-b34f-f71a3f79bdc1', $m$[
  {"role":"user","content":"ovo com casca enrugada, clara aguada e queda de 8% em 10 dias. lote 41 sem. vacinei de bronquite massachusetts"},
  {"role":"assistant","content":"Casca enrugada e albúmen aquoso com queda pequena falam a favor de bronquite infecciosa, porque o vírus lesa o oviduto e ele pode não voltar ao normal. A vacina Massachusetts protege mal contra variantes; no Brasil circula a linhagem conhecida como BR (GI-11), e a coleção de genótipos muda com o tempo. Descarte antes falta de água ou de sal na dieta, e síndrome da queda de postura, que faz ovo sem casca e sem cor. Colha soro de 20 aves agora e outra vez em três semanas, além de suabes de traqueia, tonsila cecal e rim."},
  {"role":"user","content":"se confirmar variante, adianta vacinar agora com a BR?"},
  {"role":"assistant","content":"As que já têm o oviduto lesado não vão recuperar a casca, mas um reforço pode limitar a circulação entre lotes de idades diferentes. Sua prioridade é a franga em recria: estimule-a com vacinas homóloga e heteróloga, ainda novas, e feche com a inativada antes das 16 semanas. Vacina viva em poedeira em plena produção só com a indicação do veterinário, já que a reação derruba a postura por alguns dias. Entretanto, reforce a biosseguridade entre os galpões, pois essa virose anda pelo ar e pelas botas."}
]$m$, 4, '2026-09-09T15:19:19Z', 'pt', 'u-1288');
