INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a4b5d994-f6bd-4a1e-a173-676a1d3fda06', $m$[
  {"role":"user","content":"buenas, tengo un lote de 12.000 pollos de engorde con 3 % de mortalidad acumulada al día 10. qué puede estar pasando? lo normal no era como 1?"},
  {"role":"assistant","content":"Ese 3 % triplica lo que se espera de una primera semana bien llevada, que es quedar por debajo del 1 %. Antes de pensar en un tratamiento hay que ordenar las muertes por día. Si la mayoría cayó entre los días 2 y 5, el problema vino de la incubadora o de la recepción: onfalitis, deshidratación, pollitos que nunca comieron. Si la curva sube desde el día 7, piense en una infección activa, en frío o en un fallo del agua.\n\nPáseme las bajas diarias, el peso al día 7 y lo que ve al abrir unos cuantos muertos frescos."},
  {"role":"user","content":"bajas: 25, 40, 62, 70, 55, 38, 24, 18, 15, 13. peso a los 7 dias 148 g. llegaron de 41 g. al abrirlos el ombligo feo y la yema sin reabsorber, amarillo verdosa"},
  {"role":"assistant","content":"Con esa curva, con pico al cuarto día y descenso después, y con sacos vitelinos retenidos, lo más compatible es una onfalitis bacteriana, casi siempre con *E. coli*. El peso lo confirma: usted logró 3,6 veces el peso inicial y la meta ronda las cuatro veces o algo más.\n\n1. Envíe al laboratorio 8 a 10 pollitos recién muertos o moribundos para cultivo y antibiograma.\n2. Avise a la incubadora con el número de lote y la edad de las reproductoras.\n3. Revise su recepción: temperatura del piso, horas de viaje, llenado de buche a las 24 horas.\n\nComo las bajas ya van cediendo, el veterinario decidirá si un antibiótico aporta algo a estas alturas."},
  {"role":"user","content":"y con los que quedan chiquitos qué hago?"},
  {"role":"assistant","content":"Recorra el galpón dos veces al día y elimine con un método humanitario a los que no llegan al bebedero o tienen el abdomen hinchado; no se recuperan y contaminan la cama. A los pequeños pero vivaces júntelos en un corral cerca de la criadora, con bandejas de alimento y bebederos a su altura durante cinco o seis días más. Mantenga la humedad por encima de 50 % y no baje la temperatura según la tabla, sino según cómo se reparten. El día 14 vuelva a pesar: si el lote arranca, llegará con unos días de atraso, no con un desastre."}
]$m$, 5, '2025-09-14T11:23:47Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('65df1279-feaf-468c-8319-9255ddda5663', $m$[
  {"role":"user","content":"Qué es la coccidiosis? es para un trabajo de la universidad, carrera de zootecnia, Lima"},
  {"role":"assistant","content":"La coccidiosis es una enfermedad intestinal causada por protozoos del género *Eimeria*. En la gallina se describen siete especies y cada una ataca un tramo distinto: *E. acervulina* el duodeno, *E. maxima* la parte media, *E. tenella* los ciegos. El ave ingiere ooquistes esporulados de la cama, el parásito se multiplica dentro de las células intestinales y las rompe; de cuatro a siete días más tarde salen ooquistes nuevos con las heces. Estos necesitan uno o dos días de calor, humedad y oxígeno para volverse infectantes. De ahí que una cama mojada sea el mejor aliado de la enfermedad."},
  {"role":"user","content":"y la subclínica? el profe la menciono como la mas cara"},
  {"role":"assistant","content":"Su profesor tiene razón. En la forma clínica se ven diarrea con sangre, plumas erizadas y muertes, así que alguien actúa. La subclínica no mata: daña la mucosa lo justo para que se absorba menos, el peso queda corto, la conversión empeora y la piel del pollo sale más pálida. Además abre la puerta a la enteritis necrótica por *Clostridium perfringens*. Se descubre con necropsias de rutina, puntuando las lesiones de 0 a 4 con el método de Johnson y Reid (1970), y contando ooquistes por gramo de heces o de cama. Para su trabajo, esa escala es una buena cita."}
]$m$, 4.5, '2025-09-21T16:04:12Z', 'es', 'u-2154');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('eaccabf5-16dc-417f-87ab-894edc15173e', $m$[
  {"role":"user","content":"tengo 80 pollos camperos de 5 semanas aca en jalisco y amanecieron 4 muertos, popo con sangre y los demas tristes con las alas caidas. sera coccidia???"},
  {"role":"assistant","content":"La edad, la sangre y las alas caídas apuntan a una coccidiosis cecal por *Eimeria tenella*. Abra uno de los muertos: si los ciegos, esas dos bolsas al final del intestino, están hinchados y llenos de sangre, hay poca duda.\n\nEl fármaco clásico es el amprolio en el agua, de 0,012 a 0,024 % durante 3 a 5 días, y luego 0,006 % una o dos semanas más. Que sea la única agua disponible y prepárela nueva a diario. Consulte hoy a un médico veterinario para que confirme y le indique la presentación y el periodo de retiro."},
  {"role":"user","content":"cuantos gramos le pongo por litro? el sobre dice amprolio 20 %"},
  {"role":"assistant","content":"El 0,024 % equivale a 240 mg de amprolio por litro. Un polvo al 20 % lleva 200 mg por gramo, así que harían falta 1,2 g de polvo por litro para la dosis alta y 0,6 g para la baja. Compare siempre con la etiqueta, porque el registro mexicano de su producto manda sobre mi cuenta.\n\nMientras tanto saque la cama mojada de alrededor de los bebederos, ponga material seco y suba los bebederos a la altura del lomo. No añada complejos con vitamina B1 durante el tratamiento, ya que el amprolio actúa compitiendo con ella."}
]$m$, 5, '2025-10-02T22:41:36Z', 'es', 'u-2188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('29b9bdef-f0e5-42d4-aa56-a811fcd6b281', $m$[
  {"role":"user","content":"Necesito armar un calendario de vacunación para 5,000 ponedoras rojas que entran de un día. Zona Tehuacán, Puebla."},
  {"role":"assistant","content":"Tehuacán concentra muchas aves, de modo que su calendario debe salir de lo que circula ahí; tome esto como esqueleto para afinar con su veterinario:\n\n- Día 1, incubadora: Marek, y según el caso Newcastle o Gumboro en vector.\n- Semana 1 a 2: Newcastle y bronquitis vivas por aspersión u ojo.\n- Semana 2 a 4: Gumboro.\n- Semana 4 a 5: refuerzo de Newcastle y bronquitis.\n- Semana 6 a 8: primera de coriza; viruela por punción alar entre la 6 y la 10.\n- Semana 10 a 14: encefalomielitis, con cuatro semanas de margen antes de poner.\n- Semana 14 a 16: inactivada múltiple y segunda de coriza."},
  {"role":"user","content":"y la de influenza?"},
  {"role":"assistant","content":"La influenza no se decide en la granja. En México el uso de esas vacunas lo autoriza SENASICA por zona, subtipo y tipo de ave, y el producto se aplica bajo control oficial. Pregunte en la oficina estatal o a su unión de avicultores qué está permitido este año en Puebla y qué constancia le exigen para mover ave o gallinaza. Aplicar una vacuna no autorizada puede enmascarar un brote y dejarlo sin mercado. Lo que sí depende de usted: malla en ventanas, cambio de calzado y nada de patos ni aves de traspatio en el predio."},
  {"role":"user","content":"va. cómo sé si la de ojo quedó bien puesta?"},
  {"role":"assistant","content":"Dos comprobaciones sencillas. La primera se hace al momento: con el colorante del diluyente, la lengua y el paladar deben quedar teñidos; revise unas 100 aves y busque más de 95 % positivas. La segunda es serología tres o cuatro semanas después, en 20 sueros, mirando tanto el título medio como el coeficiente de variación. Para la viruela el control es distinto: a los 7 a 10 días aparece una costra en el punto de punción, el llamado prendimiento. Guarde lote, caducidad y nombre del vacunador en la hoja del galpón."}
]$m$, 5, '2025-10-09T13:17:05Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6b5843c0-4e41-4bbc-b855-543bf64bd303', $m$[
  {"role":"user","content":"mi conversion me sale 1.85 a 42 dias con 2.65 kg, soy de Chincha Perú. como la bajo? pollo mixto en galpon abierto"},
  {"role":"assistant","content":"Un índice de 1,85 con ese peso deja margen claro; las líneas actuales, con alimento y ambiente de objetivo, se mueven bastante por debajo de 1,70 a esa edad. Yo buscaría en este orden:\n\n1. Desperdicio: plato a la altura del lomo y lleno a un tercio.\n2. Finos: si más de la mitad del pellet llega hecho polvo al comedero, se paga caro.\n3. Mortalidad tardía: cada pollo muerto en la sexta semana se llevó casi 4 kg de alimento.\n4. Frío de madrugada en la crianza, típico en la costa de junio a septiembre.\n5. Daño intestinal subclínico.\n\n¿Cuánto murió después del día 28?"},
  {"role":"user","content":"murieron como 2.8% despues del 28 y en total 6. el alimento lo hacemos nosotros en harina"},
  {"role":"assistant","content":"Ahí tiene dos explicaciones que suman. La harina obliga al pollo a gastar más tiempo comiendo y permite que seleccione partículas; el paso a migaja y pellet de buena calidad suele traer de las mejores respuestas que se pueden comprar. Si no es posible, muela parejo, sin polvo fino, y agregue algo de aceite para fijarlo.\n\nLa mortalidad tardía pide necropsias: ¿mueren boca arriba los machos más grandes, con líquido en el vientre, o cojos? Cada respuesta lleva a otra corrección. Anote la causa probable de cada baja durante una campaña y hablamos con datos."}
]$m$, 4.5, '2025-10-17T09:52:33Z', 'es', 'u-2231');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2b25751-2a16-4c6e-855a-32be07c0749f', $m$[
  {"role":"user","content":"che, el agua del pozo acá en Entre Ríos da pH 8,1. le ponemos cloro pero igual tengo cañerías con babita. cuánto cloro va?"},
  {"role":"assistant","content":"El dato que te falta es el cloro libre medido en el último niple, no lo que dosificás en el tanque. Buscá entre 3 y 5 ppm ahí. Con un pH de 8,1 la mayor parte de ese cloro está como hipoclorito, que mata mucho más lento que el ácido hipocloroso; por eso hace falta bajar el pH a menos de 7, con un ácido compatible y dosificado aparte, nunca mezclado en el mismo balde porque libera gas tóxico.\n\nLa babita es biofilm, y con el cloro de mantenimiento no se va. Eso se limpia con el galpón vacío."},
  {"role":"user","content":"y con que se limpia el biofilm?"},
  {"role":"assistant","content":"Entre crianzas, llená las líneas con un producto a base de peróxido de hidrógeno estabilizado a la concentración de etiqueta, dejalo actuar las horas que indique el fabricante y después purgá con presión, línea por línea, hasta que salga limpia. Desarmá un regulador y un tramo final para ver con tus ojos. Si el agua trae hierro o mucha dureza, hay sarro debajo y conviene un ácido primero. Ya con pollos, purgá dos veces por semana, y a diario mientras sean chicos o después de dar vitaminas, porque el azúcar alimenta a la película."}
]$m$, 4, '2025-10-23T18:36:58Z', 'es', 'u-2246');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('bcc45d5c-4279-4107-bc5d-8caf2a1fcd8b', $m$[
  {"role":"system","content":"Eres el asistente técnico de la aplicación. Responde en español, de forma breve y práctica, y recomienda consultar al veterinario cuando proceda."},
  {"role":"user","content":"Nave de broilers en Lleida, 28 días, la cama está hecha una plasta y por la mañana pican los ojos. He subido la calefacción y nada."},
  {"role":"assistant","content":"Si te pican los ojos, pasas con holgura de 20 ppm de amoniaco, que es además el tope que fija la Directiva 2007/43/CE para las naves de mayor densidad. Calentar sin renovar aire solo evapora agua que luego condensa sobre la cama.\n\nEsta noche prueba lo contrario: sube la ventilación mínima de la madrugada en ciclos cortos, con la depresión suficiente para que el aire entre pegado al techo, y deja que la calefacción compense. Apunta la humedad relativa a las seis de la mañana; por encima del 70 % la cama no va a secar nunca."},
  {"role":"user","content":"ok, y la plasta que ya hay?"},
  {"role":"assistant","content":"Retira las placas de las zonas peores, sobre todo bajo las líneas de bebida, y repón con viruta seca. Remover la costra con los pollos dentro suelta de golpe el amoniaco retenido, así que hazlo solo con los ventiladores en marcha y por tramos. Mide luego el caudal de las tetinas y su altura: a los 28 días deben beber con el cuello estirado y las patas bien apoyadas. Mira también unas cuantas plantas de las patas; si ves costras negras, el daño lleva días. Y si además las heces vienen sueltas, que el veterinario valore el intestino."}
]$m$, 5, '2025-11-04T07:48:21Z', 'es', 'u-2260');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('156d6a6b-3d55-4089-9788-f1fe01883865', $m$[
  {"role":"user","content":"se me murieron 60 pollos ayer en la tarde en Tizimín Yucatán, 38 grados, galpón abierto, 35 días. hoy va a estar igual que hago"},
  {"role":"assistant","content":"Para hoy, en orden de urgencia: agua fresca corriendo por las líneas desde el mediodía, púrguelas cada hora; retire el alimento a media mañana, unas cuatro a seis horas antes del pico, y regréselo cuando afloje el calor; todos los ventiladores encendidos desde temprano, sin esperar a que jadeen. Camine despacio entre las aves cada 20 o 30 minutos para que se levanten y suelten el calor atrapado debajo del cuerpo. Nada de vacunar, pesar ni mover hoy. ¿Tiene aspersores o nebulizadores?"},
  {"role":"user","content":"tengo nebulizador pero esta como 80% la humedad en la mañana"},
  {"role":"assistant","content":"Por la mañana, con 80 %, no lo prenda: el agua no se evapora y le quita al pollo su única defensa, que es el jadeo. Fíjese en la humedad a las dos de la tarde; con 38 °C suele caer a la mitad o menos. Úselo entonces, en golpes cortos, con aire en movimiento y apagándolo si pasa de 70 a 75 % o si ve la cama mojada. Donde el aire sale de verdad cargado de humedad, lo que enfría es la velocidad sobre el ave."},
  {"role":"user","content":"y si los mojo directo con la manguera?"},
  {"role":"assistant","content":"Mojar directo puede salvar pollos grandes en una emergencia, siempre que el aire se mueva fuerte y el agua no esté helada. Hágalo sobre el lomo, poca agua, y solo en el grupo que ya está postrado o muy agitado. Sin viento sobre ellos es peor, porque queda un baño de vapor a ras de suelo, y la cama le va a cobrar la factura una semana en amoniaco. Téngalo como último recurso, no como rutina de tarde."},
  {"role":"user","content":"electrolitos sirven? me ofrecen uno con bicarbonato"},
  {"role":"assistant","content":"Sirven como apoyo, no como sustituto del viento y del agua fresca. El pollo que jadea pierde CO2, la sangre se vuelve alcalina y elimina potasio; reponer sales anima a beber, que es donde está la ganancia. Empiece la víspera o de madrugada, dé la dosis de etiqueta y corte por la noche para no aflojar las heces. Si el alimento ya lleva bicarbonato, reste ese sodio con ayuda del nutricionista. Antes de gastar, mida la temperatura del agua en el último bebedero: arriba de 30 °C beben menos, y una sombra sobre el tinaco le rinde más que el sobre."}
]$m$, 5, '2026-05-06T20:15:44Z', 'es', 'u-2278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('31550979-9838-4c2f-ac26-e18ab41fc914', $m$[
  {"role":"user","content":"tengo 9 gallinas en Burgos y han dejado de poner desde que se hizo de noche tan pronto. pongo una bombilla?"},
  {"role":"assistant","content":"La luz manda: con menos de unas 12 horas al día la puesta se apaga, y a eso se suma la muda de otoño. Puedes llegar a 14 o 15 horas en total con una bombilla LED cálida y un temporizador, encendiéndola de madrugada mejor que de noche, así no se quedan a oscuras de golpe fuera del palo. Sube media hora por semana. Basta con poder leer un periódico a la altura de sus cabezas. Si están cambiando la pluma, deja que terminen antes; necesitan ese descanso."},
  {"role":"user","content":"pero es malo para ellas obligarlas? tienen 2 años"},
  {"role":"assistant","content":"Mientras tengan al menos ocho horas seguidas de oscuridad, comida de ponedoras y calcio a voluntad, el alargar el día no las enferma. Lo que sí las castiga es encender y apagar sin regla, porque un día corto de repente les corta la puesta y provoca otra muda. Con dos años van a poner menos de todos modos. Mucha gente con pocas gallinas prefiere dejarlas parar en invierno y recuperar los huevos desde finales de enero, cuando el día crece solo. Es cuestión de lo que esperes de ellas."}
]$m$, 4, '2025-11-12T19:27:09Z', 'es', 'u-2291');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e0630ba9-fe6d-43b4-8cf5-0f2035b48772', $m$[
  {"role":"user","content":"los camiones de alimento entran hasta los silos y luego van a otra granja. como lo manejo sin pelearme con la fábrica"},
  {"role":"assistant","content":"Lo más barato es que el camión no pise la zona limpia. Si los silos se pueden correr hasta el cerco, la manguera de descarga pasa por encima y el chofer se queda afuera. Mientras eso llega: arco o aspersión de ruedas y bajos tras quitar el lodo, tapete no, porque con tierra no desinfecta; que el operador no baje o use botas y overol suyos, propiedad de la granja; bitácora con placa y última granja visitada. Pida a la fábrica que programe su entrega como primera del día. Ese favor no les cuesta y a usted lo protege."},
  {"role":"user","content":"y el camión de la pollinaza y el de los muertos?"},
  {"role":"assistant","content":"Esos dos son más peligrosos que el de alimento, así que sepárelos por completo. Ponga el contenedor de mortalidad junto a la entrada, con tapa, de modo que se vacíe desde el lado sucio; su gente lo lleva con carretilla que se lava antes de volver. La pollinaza se saca al vaciar la caseta, tapada con lona, por un camino que no cruce con el del alimento ni el de la pollita. Si un vecino tiene un brote, suspenda la salida hasta hablar con la autoridad sanitaria, que puede exigir tratamiento previo."}
]$m$, 4.5, '2025-11-19T14:58:40Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ad7761bb-37b7-4140-97d8-d57021d78c1e', $m$[
  {"role":"user","content":"mañana recibo 18 mil pollitos, es mi primera vez con galpón propio en Santander. lista de chequeo porfa"},
  {"role":"assistant","content":"Vamos por horas.\n\n- Desde 24 horas antes: calefacción encendida, hasta lograr 28 a 30 °C en la cama y unos 30 °C en el aire, con 60 a 70 % de humedad.\n- Tres horas antes: purgar líneas, agua fresca, gotas visibles en los niples, presión baja.\n- Una hora antes: papel sobre al menos la mitad del área de cría con alimento en migaja, luz de 30 a 40 lux pareja.\n- Al llegar: temperatura cloacal de 20 pollitos, entre 39,4 y 40,5 °C; peso de tres cajas; descargar rápido y con suavidad."},
  {"role":"user","content":"y despues q los suelto q miro"},
  {"role":"assistant","content":"Primero espere una hora sin molestar y luego mire el reparto. Amontonados y piando fuerte es frío; pegados a las paredes con el pico abierto es calor; todos de un solo lado es una corriente. Después vienen los buches: palpe 30 o 40 pollitos de varios sitios. A las dos horas deben estar llenos en tres de cada cuatro; a las 24, en el 95 %. Buche duro quiere decir que comió y no bebió; hinchado y flojo, que bebió sin comer."},
  {"role":"user","content":"listo, llegaron. cloaca 38.6 en promedio y el viaje fue de 7 horas, q hago"},
  {"role":"assistant","content":"Vienen fríos, aunque tiene arreglo si actúa en la próxima hora. Suba el aire un par de grados, hasta unos 32 °C, y compruebe la temperatura del piso con el termómetro infrarrojo, porque por las patas se les va el calor. Cierre cortinas del lado del viento sin dejar el galpón hermético: el gas de la criadora necesita salida. Repita la toma cloacal en los mismos puntos a los 60 minutos; pasados de 40,5 °C habría que aflojar. Agua tibia, ni helada ni caliente."},
  {"role":"user","content":"a las 24 horas el buche lleno me dio 88%. es grave?"},
  {"role":"assistant","content":"No es grave, pero dice que cerca de uno de cada ocho todavía no ha arrancado, seguramente los que llegaron más fríos. Refuerce hoy mismo: más papel con migaja, bandejas en las esquinas flojas, luz al máximo y un recorrido cada dos horas llevando pollitos quietos hasta el niple. Deje 23 horas de luz hasta el día 7. Mañana palpe de nuevo. Prepárese para que el peso de la primera semana quede algo por debajo de la guía; cuando lo tenga, compare con el peso de llegada y ajustamos."}
]$m$, 5, '2026-01-15T10:09:53Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('908f5b9d-552b-4f87-a2bb-03d2c6a7c1bb', $m$[
  {"role":"user","content":"cómo calculo uniformidad de un lote de pollonas? pesamos 100 y no se si es CV o lo otro"},
  {"role":"assistant","content":"Son dos formas de decir casi lo mismo. La uniformidad es el porcentaje de aves que cae dentro de ±10 % del peso medio: si la media es 1.200 g, cuente las que están entre 1.080 y 1.320. El coeficiente de variación es la desviación estándar dividida entre la media, por cien. Para pollonas conviene pasar de 85 % de uniformidad, que equivale más o menos a un CV de 7. Pese siempre ave por ave, del mismo cerco completo, sin escoger, y el mismo día de la semana antes de dar de comer."},
  {"role":"user","content":"salió 71%, semana 9. se puede recuperar?"},
  {"role":"assistant","content":"A la semana 9 todavía hay tiempo, ya que el esqueleto se está formando y termina de hacerlo por la 12 o 13. Separe en tres grupos por peso y dé a las livianas más espacio de comedero y el alimento de la fase anterior hasta que alcancen la curva. No castigue a las pesadas bajando ración: manténgalas. Luego pregúntese de dónde vino la dispersión: un despique desparejo, poco comedero, reacción vacunal o coccidiosis son los sospechosos habituales. Vuelva a pesar cada semana y, si a la 12 sigue debajo de 80 %, retrase el estímulo de luz."}
]$m$, 4, '2025-12-03T15:33:18Z', 'es', 'u-2154');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9442df64-3f06-43b7-b1dc-cc66c533131f', $m$[
  {"role":"user","content":"Hola, al recoger huevos de noche se me llenan las manos de bichitos rojos diminutos, pican. ¿son pulgas? 14 gallinas, Córdoba (España)"},
  {"role":"assistant","content":"Por la hora y el color se trata casi seguro del ácaro rojo, *Dermanyssus gallinae*. De día se esconde en las grietas y de noche sube a chupar sangre; por eso las gallinas parecen limpias a mediodía. Pasa una hoja de papel blanco por debajo del palo después de anochecer: si quedan rayas rojas, confirmado. Mírales también la cresta, que si está pálida hay anemia. A ti te puede picar, aunque en la piel humana no se queda a vivir."},
  {"role":"user","content":"como lo elimino sin veneno"},
  {"role":"assistant","content":"Con paciencia y calor de junio en contra, porque completa su ciclo en unos siete a diez días.\n\n1. Vacía el gallinero, quema o embolsa la paja y aspira las ranuras.\n2. Vapor o agua a presión en los extremos de los palos, ponederos y tornillería.\n3. Al secar, sílice o tierra de diatomeas en las juntas, con mascarilla.\n4. Repite a los cinco y a los diez días, siempre.\n5. Cambia la madera rajada por metal o plástico, y apoya los palos en tazas con aceite.\n\nLa clave es la repetición; una sola limpieza deja los huevos vivos."},
  {"role":"user","content":"llevo un mes asi y vuelven. mi vecino le echa ivermectina"},
  {"role":"assistant","content":"Dile que la ivermectina no está autorizada en España para gallinas que ponen huevos de consumo, y sus residuos pasan a la yema. La alternativa legal que mejor funciona es el fluralaner en el agua de bebida, 0,5 mg por kilo de peso en dos tomas separadas por siete días; tiene espera cero en huevos y 14 días en carne, con receta. Mata los ácaros que piquen, así que dos ciclos completos se quedan sin descendencia. Sigue con el sellado de grietas, ya que aguanta cerca de ocho meses sin comer en un gallinero vacío."}
]$m$, 5, '2026-06-18T21:37:02Z', 'es', 'u-2312');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1e72404f-5a96-4f37-8558-cdfd3eb8b123', $m$[
  {"role":"user","content":"mi gallina echó una lombriz blanca larga en la popo, como de 7 cm. que les doy a las demas? son 20 y vendo el huevo en el barrio. Morelia"},
  {"role":"assistant","content":"Por el tamaño corresponde a *Ascaridia galli*, la lombriz redonda del intestino delgado. Si una la expulsa, las compañeras de patio también la tienen. Antes de comprar, junte excremento fresco de cinco o seis aves en un frasco y pida un coproparasitoscópico; cuesta poco y distingue ascáridos de capilarias, que no responden igual.\n\nComo vende huevo, el producto debe estar registrado para ponedoras. El fenbendazol en agua, a 1 mg por kilo al día durante cinco días, es una opción frecuente; consulte con su médico veterinario el retiro que indica la etiqueta."},
  {"role":"user","content":"y cada cuando se desparasitan"},
  {"role":"assistant","content":"No hay un calendario fijo que valga para todos. Desde que el ave traga el huevo hasta que pone huevos nuevos la lombriz pasan de cinco a ocho semanas, así que repita el examen a las seis u ocho semanas y decida con el resultado. Tratar a ciegas cada mes fabrica resistencia. Ayuda más rotar el patio, quitar el lodo del bebedero, encalar la zona del dormidero y no juntar pollitas con gallinas viejas, que son las que siembran el suelo."}
]$m$, 4, '2026-02-11T17:20:39Z', 'es', 'u-2330');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('0d567f92-640e-4702-bbca-667ad0e2f8ce', $m$[
  {"role":"user","content":"Hola, en Luján. Se me cayó una polla de 12 semanas con una pata para adelante y otra para atrás, come pero no se para. Es la segunda. ¿Marek?"},
  {"role":"assistant","content":"Esa postura de corredora, con una pata adelante y la otra atrás, es la imagen clásica de Marek por inflamación del nervio ciático, y las 12 semanas encajan, ya que suele verse entre las 6 y las 30. Conviene descartar un golpe o una falta de vitamina B2, más propia de pollitos chicos. La confirmación es por necropsia: nervios engrosados de un solo lado, a veces tumores en hígado u ovario, e histopatología. ¿Las compraste vacunadas?"},
  {"role":"user","content":"no estaban vacunadas, las saqué con una clueca. ¿se cura?"},
  {"role":"assistant","content":"Lamentablemente no tiene tratamiento, y el virus ya está en el polvo de pluma del gallinero, donde dura meses. Si la polla no llega al agua o adelgaza, lo compasivo es sacrificarla; las otras quizá no enfermen nunca. Para la próxima nidada sirve la vacuna al primer día de vida, por inyección, y criar los pollitos aparte de las adultas al menos dos semanas, mientras se forma la defensa. La vacuna evita los tumores, aunque no impide que se contagien. El virus no afecta a personas."}
]$m$, 4.5, '2025-12-14T12:02:27Z', 'es', 'u-2345');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('8674bff5-c608-4c55-8e3d-edd90e3dd55a', $m$[
  {"role":"user","content":"Buenos días doc. Un vecino perdió 40 gallinas de 60 en tres días, con el cuello torcido y diarrea verde. estoy a 500 m con 12000 pollos"},
  {"role":"assistant","content":"Cuello torcido, heces verdes y dos tercios de muertes en tres días obligan a sospechar de Newcastle velogénico, y la influenza aviar da un cuadro que a simple vista no se separa. Ambas son de notificación obligatoria. Dígale al vecino, hoy y por teléfono, que llame a la oficina local del ICA; si él no lo hace, llame usted. No vaya a mirar. Que nadie de su casa entre allá ni reciba gallinas, huevos o vísceras de regalo."},
  {"role":"user","content":"ya llamamos. q hago con mis pollos mientras vienen? estan vacunados en incubadora"},
  {"role":"assistant","content":"Cierre la granja. Solo su galponero, con ropa y botas que no salen del galpón, ducha si puede; ni camiones ni comprador hasta que haya resultado. Anote consumo de agua, alimento y bajas dos veces al día: una caída del agua suele avisar antes que las muertes. Amarre o encierre perros, y tape los huecos por donde entren palomas. La vacuna de incubadora protege de morir, pero un lote de pocas semanas puede infectarse y eliminar virus, de modo que no se confíe. Un refuerzo ahora solo lo decide el ICA con su veterinario."},
  {"role":"user","content":"y si sale positivo el del vecino pierdo mi lote?"},
  {"role":"assistant","content":"No necesariamente. La autoridad delimita un foco y, alrededor, un perifoco con vigilancia; si sus aves siguen sanas y el muestreo da negativo, lo habitual es que queden en cuarentena con movimientos restringidos y puedan ir a planta con licencia. Lo que pesa a su favor es el papel: registro de visitas, certificado de vacunación, mortalidad diaria y su condición de granja registrada. Tenga eso en una carpeta cuando llegue el funcionario. Pregúntele además los plazos, porque eso cambia según el caso y no me corresponde adelantarlo."}
]$m$, 5, '2026-03-27T08:25:11Z', 'es', 'u-2107');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('17bf3abe-e57f-492a-a8c3-868fa3c02db7', $m$[
  {"role":"user","content":"para vacunar gumboro en agua a que dia? unos me dicen 7 otros 14 y otros 18. pollo engorde, Trujillo"},
  {"role":"assistant","content":"Ninguno de los tres está mal; el día depende de los anticuerpos que el pollito trae de la madre. Si se vacuna demasiado pronto, esos anticuerpos neutralizan la cepa; demasiado tarde, llega antes el virus de campo, que golpea sobre todo entre las tres y las seis semanas.\n\nLa forma seria es sangrar de 18 a 20 pollitos en los primeros días, hacer ELISA y aplicar la fórmula de Deventer, que estima cuándo el lote baja al título que su cepa puede atravesar. ¿Su lote viene de una sola reproductora o de varias?"},
  {"role":"user","content":"siempre vienen mezclados de varias, por eso pregunto"},
  {"role":"assistant","content":"Mezcla de orígenes quiere decir títulos disparejos, y ahí una fecha única deja a una parte sin cubrir. Dos salidas: una vacuna aplicada en la incubadora, sea de inmunocomplejo o vectorizada en HVT, que funciona con anticuerpos maternos presentes; o dos tomas en agua separadas por unos cinco a siete días. Pida a la planta que al menos agrupe los pollitos por galpón según edad de la reproductora. Después controle: bolsas de Fabricio a los 28 y 35 días, comparadas en tamaño con el bazo."}
]$m$, 4.5, '2026-01-28T23:11:50Z', 'es', 'u-2361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9f596cf2-344d-4455-a4cf-9bf32fd48406', $m$[
  {"role":"user","content":"caseta de 30 semanas, empezaron ojos cerrados, cara hinchada, moco que apesta y bajó la postura de 92 a 80. no mueren casi"},
  {"role":"assistant","content":"Cara hinchada, moco fétido, contagio de dos o tres días entre filas y poca mortalidad dibujan una coriza infecciosa, por *Avibacterium paragallinarum*. Tome hisopos de senos infraorbitarios de cuatro o cinco gallinas recién enfermas, no de las crónicas, y mándelos fríos para PCR y serotipo. Pida de paso micoplasma y bronquitis, que muchas veces la complican.\n\n¿Las vacunó de coriza en la crianza? Si lo hizo, con qué serotipos: en México se han aislado A, B y C y la protección cruzada es parcial."},
  {"role":"user","content":"sí dos veces, con A y C. el médico me quiere dar oxitetraciclina. y el huevo?"},
  {"role":"assistant","content":"Su médico tendrá presente que el antibiótico acorta el cuadro y baja la hinchazón, pero deja portadoras que recaen al suspenderlo. Si la receta, pida por escrito dosis, días y retiro en huevo, y aparte lo producido hasta cumplirlo; mezclarlo con el de otras casetas compromete todo. Serotipo B en el resultado explicaría el fallo de su vacuna. A largo plazo, lo que corta la coriza es no juntar edades: la pollita nueva se enferma del aliento de la gallina vieja."}
]$m$, 4, '2026-02-22T14:46:08Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d54a4163-899c-41be-a983-568c541169cb', $m$[
  {"role":"system","content":"Asistente de sanidad avícola para España. Si hay sospecha de enfermedad de declaración obligatoria, indica siempre avisar a los servicios veterinarios oficiales."},
  {"role":"user","content":"tengo 6 gallinas sueltas en la huerta, en Doñana cerca, y ha aparecido un ganso muerto en la acequia. me han dicho que hay q encerrarlas, es obligatorio?"},
  {"role":"assistant","content":"Un ganso muerto junto a una marisma en noviembre hay que tratarlo como posible gripe aviar. No lo toques ni dejes que lo hagan los perros: avisa al 112 o a los agentes de medio ambiente y da la ubicación.\n\nSobre el encierro: el Ministerio y tu comunidad publican las zonas de especial riesgo y, cuando se activa la medida, obliga también a los gallineros de autoconsumo. Llama a tu oficina comarcal agraria y pregunta por tu municipio. Entretanto, mételas bajo techo o con malla fina que no deje pasar gorriones, comida y agua dentro, nada de agua de la acequia, y botas solo para el gallinero. Si alguna muere de repente o deja de comer, llama el mismo día a los servicios veterinarios oficiales."}
]$m$, 4.5, '2025-11-25T18:14:34Z', 'es', 'u-2388');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('875cddb1-d6cd-4234-8e2a-203e06eacdf9', $m$[
  {"role":"system","content":"Eres un asistente para técnicos de puesta. Cita la norma aplicable si la conoces."},
  {"role":"user","content":"Entran 20.000 pollitas en suelo con 17 semanas. ¿Qué autocontroles de salmonela me tocan en producción y cómo se toman?"},
  {"role":"assistant","content":"En gallinas adultas el primero toca hacia las 24 semanas de vida, con un margen de dos, y después al menos cada 15 semanas, según el Reglamento (UE) 517/2011. En suelo se recogen dos pares de calzas absorbentes, recorriendo toda la nave con ellas sobre las botas y humedecidas antes; en jaulas serían dos muestras de 150 g de heces. Lávate las manos, calzas nuevas por manada y envío al laboratorio autorizado cuanto antes, refrigerado. El operador debe guardar los informes, y además pasará el control oficial. De la recría tendrías que recibir sus resultados y el certificado de vacunación."},
  {"role":"user","content":"si sale enteritidis qué pasa con los huevos"},
  {"role":"assistant","content":"Desde la sospecha o confirmación de Enteritidis o Typhimurium, incluida la variante monofásica, los huevos no pueden ir como clase A: se marcan y van a industria con un tratamiento que destruya la bacteria. Los servicios oficiales inmovilizan la manada, abren encuesta epidemiológica y suelen acordar el sacrificio. No intentes sanearla con antibiótico, porque el Reglamento (CE) 1177/2006 lo prohíbe como medida de control salvo excepciones tasadas. Al vaciar vendrá limpieza, desinfección, desratización seria y un muestreo ambiental negativo antes de volver a meter aves. El objetivo comunitario es quedar en un 2 % o menos de manadas positivas."}
]$m$, 5, '2026-04-08T09:31:16Z', 'es', 'u-2402');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e040e811-588d-4aa3-8bf1-729f6300c8c2', $m$[
  {"role":"user","content":"pollos de 30 dias roncando, y al abrirlos hay una tela amarilla en el corazon y el higado. 1% diario de baja. q antibiotico le meto"},
  {"role":"assistant","content":"Esa capa de fibrina sobre corazón e hígado, con sacos aéreos turbios, es una colibacilosis, que casi nunca empieza sola. Suele venir detrás de una reacción vacunal, bronquitis, micoplasma, polvo o amoniaco. Con 1 % diario hay que actuar hoy, pero a tiro hecho: lleve hígado y pericardio de cinco pollos recién muertos para cultivo y antibiograma, pues *E. coli* resiste a muchos fármacos de uso corriente. El veterinario puede iniciar una terapia con lo que funcionó en su último antibiograma y ajustarla a las 48 horas. Sume el periodo de retiro a su fecha de saca. Mientras, más aire de noche y agua clorada."},
  {"role":"user","content":"ok llevo mañana temprano las muestras, solo q el lote sale a los 42. me alcanza el retiro?"}
]$m$, 4, '2026-03-04T19:58:23Z', 'es', 'u-2361');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c03c8353-fdfb-437b-a8d7-416aa2357782', $m$[
  {"role":"user","content":"Muerte brusca en pollos de 24 días, buenos, gordos, y el intestino parece una toalla vieja. dieta con trigo este mes"},
  {"role":"assistant","content":"La mucosa con aspecto de toalla, en aves de buen estado y a los 24 días, es casi un retrato de enteritis necrótica: *Clostridium perfringens* con sus toxinas. Aparece sobre todo entre las dos y las seis semanas, y tu cambio a trigo es un desencadenante conocido, ya que sus polisacáridos vuelven viscoso el contenido y dejan comida para el clostridio. Hacé llegar al veterinario tramos de yeyuno frescos, en formol para histología y refrigerados para cultivo anaerobio, y pedile que puntúe coccidias en la misma necropsia."},
  {"role":"user","content":"me recetó amoxicilina 5 dias. cuanto trigo puedo poner?"},
  {"role":"assistant","content":"Más que un tope de trigo importa cómo lo acompañes: xilanasa adecuada a la matriz, molienda gruesa o trigo entero gradual, y un cambio de fórmula en tres o cuatro días, no de un día al otro. Revisá asimismo harina de pescado o proteína mal digerida, que empujan en el mismo sentido. Del antibiótico, cumplí los cinco días que te indicaron aunque mejoren al segundo y respetá el retiro impreso. Pasala en bebida preparada a diario, con cloro suspendido durante ese rato."},
  {"role":"user","content":"y la vacuna de coccidia puede haber provocado esto? los vacuné en la incubadora"},
  {"role":"assistant","content":"Puede haber contribuido. La vacuna viva se recicla en la cama y entre los días 16 y 24 produce su segunda o tercera vuelta de ooquistes, con algo de daño en la mucosa; si ahí coincide una cama muy húmeda o muy densa, el clostridio lo aprovecha. Eso no la descalifica. Controlá que la aplicación en incubadora llegue a todos los pollitos, porque los que no la recibieron se infectan de golpe más tarde, y cuidá que la cama esté ni polvo ni barro en esas semanas."}
]$m$, 4.5, '2026-07-09T15:05:44Z', 'es', 'u-2246');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('27b07cea-463a-4932-9921-8957ff45fdf8', $m$[
  {"role":"user","content":"tengo como 4% de pollos cojos a los 33 días, se sientan en los tarsos y se apoyan en las alas. caseta en Querétaro, macho"},
  {"role":"assistant","content":"Apoyarse en las alas y sentarse sobre los tarsos, a esa edad y en machos, sugiere condronecrosis bacteriana, la antes llamada necrosis de la cabeza del fémur. Sacrifique ocho cojos y examine: desarticule la cadera con cuidado y vea si la cabeza se desprende con zonas amarillas; corte la tibia a lo largo en busca de un tapón de cartílago; y no olvide la vértebra torácica libre, donde *Enterococcus cecorum* forma abscesos. Siembre médula ósea. Cada hallazgo lleva una medida distinta."},
  {"role":"user","content":"en 6 de 8 estaba la cabeza del femur podrida. ahora? antibiotico?"},
  {"role":"assistant","content":"Con el hueso ya muerto el antibiótico llega tarde, y los que no caminan deben eliminarse sin demora por bienestar. El trabajo está en el lote siguiente: crecimiento algo más pausado en las dos primeras semanas con un periodo oscuro de seis horas, cama pareja sin desniveles ni rejillas que los hagan cargar de lado, agua limpia para cortar bacteriemias y revisar con la incubadora la contaminación del huevo. Cuide también el estrés de calor y la inmunosupresión por Gumboro. El cultivo le dirá si predomina estafilococo, *E. coli* o enterococo."}
]$m$, 4, '2026-04-19T11:44:57Z', 'es', 'u-2419');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('2411a03a-22f7-4afb-a6fd-f987aaac7377', $m$[
  {"role":"user","content":"Ayuda, mis gallinas se pican la cola hasta sacarse sangre. 300 ponedoras de suelo en Rionegro Antioquia, 24 semanas"},
  {"role":"assistant","content":"Primero lo urgente: aparte hoy a las heridas, porque la sangre llama a más picaje, y cúbrales la lesión con un aerosol cicatrizante autorizado, mejor oscuro. Después baje la luz, tape rayos de sol directos sobre el piso y póngales algo que desgarrar: fardos de pasto, bloques de picoteo, repollo colgado. Al entrar en postura el apetito no siempre acompaña, y un alimento corto en metionina, proteína o sodio dispara esta conducta. ¿Qué peso tienen y qué alimento están comiendo?"},
  {"role":"user","content":"pesan 1580 y la guia dice como 1850. el concentrado es en harina y siempre dejan el polvito"},
  {"role":"assistant","content":"Van cerca de 270 gramos por debajo, y eso es mucho a las 24 semanas. Están pagando el huevo con su propio cuerpo. Además el polvito que rechazan es justo donde van los aminoácidos, las vitaminas y la sal. Deje que vacíen el comedero una vez al día, reparta en más turnos, humedezca ligeramente la harina en la hora fresca si puede limpiar después, y hable con el proveedor sobre una molienda pareja y un prepico más denso unas semanas. Pese 60 aves cada lunes hasta volver a la curva."},
  {"role":"user","content":"me dicen q les corte el pico"},
  {"role":"assistant","content":"A esta edad no. Un despique en gallina adulta duele, deja neuromas, baja el consumo que justamente le falta y tumba la postura; donde se permite, se hace en los primeros días de vida y con personal entrenado. Con el peso recuperado y la luz suave debería ver menos sangre en dos o tres semanas. Si persiste, busque ácaro rojo de noche y parásitos internos, dos causas que hacen a la gallina inquieta. Mire cloacas de las que ponen huevos muy grandes: el prolapso empieza así."}
]$m$, 4.5, '2026-08-02T20:33:29Z', 'es', 'u-2435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('cf8fbffd-b077-4dae-a24a-43530951f5a6', $m$[
  {"role":"user","content":"orden correcto para lavar y desinfectar galpon despues del lote? el administrador dice q con fumigar basta"},
  {"role":"assistant","content":"Fumigar sobre mugre es botar la plata, porque la materia orgánica inactiva casi todos los desinfectantes. El orden que funciona:\n\n1. Aves fuera, control de escarabajo y ratas mientras aún hay calor.\n2. Sacar toda la pollinaza lejos del galpón.\n3. Limpieza en seco: soplar y barrer de arriba hacia abajo.\n4. Remojo con detergente en espuma y 20 o 30 minutos de espera.\n5. Enjuague a presión y secado completo.\n6. Desinfectante, a la dosis por metro cuadrado que pide la etiqueta.\n7. Líneas de agua y tanques.\n8. Vacío con puertas cerradas."},
  {"role":"user","content":"y cuantos dias vacio minimo?"},
  {"role":"assistant","content":"Las guías de las casas genéticas rondan los 10 a 14 días, contados desde que el galpón queda limpio y desinfectado, no desde que sale el último pollo. España, por ejemplo, fijó 12 en su norma de 2021. Si la planta lo apura, recorte logística antes que secado: el desinfectante aplicado sobre piso mojado se diluye. Para convencer a su administrador, mande un hisopado de pisos, comederos y niples a recuento después de desinfectar; un número en un papel discute mejor que uno."}
]$m$, 5, '2025-12-19T16:29:51Z', 'es', 'u-2447');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('6cb22b3d-a352-45cb-9770-b534c57419f1', $m$[
  {"role":"user","content":"Me cargan el jueves a las 4 de la mañana, pollo de 2,5 kg. Cuándo quito pienso y cuántos por caja"},
  {"role":"assistant","content":"Cuenta hacia atrás desde el sacrificio, no desde la carga: el ayuno total debe quedar entre 8 y 12 horas. Si el matadero está a dos horas y sacrifican a las ocho, corta el pienso entre las ocho de la tarde y la medianoche del miércoles. El agua, hasta que entre la cuadrilla.\n\nPara pollos de 1,6 a 3 kg el Reglamento (CE) 1/2005 pide 160 cm² por kilo. Con 2,5 kg son 400 cm² por ave, así que una caja con 4.500 cm² útiles lleva 11."},
  {"role":"user","content":"el año pasado tuve muchas alas rotas en el parte"},
  {"role":"assistant","content":"Las alas rotas casi siempre son prisa y luz. Deja la nave en azul o en penumbra, divide con vallas para que no se amontonen, y coge a las aves por el cuerpo, con las alas sujetas, nunca por una sola pata. Una cuadrilla que carga a destajo rompe más; pacta un ritmo y pon a alguien tuyo en la puerta con una hoja, contando lesiones por equipo. Verifica también los bordes de los módulos. Y mira la hora: a oscuras y sin calor aletean menos. Después compara con el decomiso del matadero."}
]$m$, 4, '2026-02-05T06:42:18Z', 'es', 'u-2260');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('15cffe35-9a97-4874-9d37-0e0f8ff5e2f5', $m$[
  {"role":"user","content":"ingeniero, en Cusco a 3300 msnm se me mueren los pollos grandes desde la semana 4, barriga llena de agua. serán 8% . hay vacuna?"},
  {"role":"assistant","content":"No existe vacuna, porque no es un contagio: eso es ascitis por hipertensión pulmonar. A su altura hay menos oxígeno, el corazón derecho empuja más sangre por un pulmón que no crece al ritmo del músculo, y al final falla; el líquido viene del hígado congestionado. Mueren los machos que más crecen. La manera de bajarlo es frenar el crecimiento en las primeras tres semanas, abrigar bien y dar aire limpio. ¿Cómo cría: criadora a gas, carpa, qué alimento y qué luz?"},
  {"role":"user","content":"criadora a gas, todo tapado con plastico por el frio, pellet desde el día 1 y luz toda la noche"},
  {"role":"assistant","content":"Esa combinación reúne casi todos los detonantes. El plástico cerrado con la criadora dentro consume oxígeno y acumula CO y CO2, justo donde falta aire. El pellet y la luz continua aceleran el crecimiento.\n\nCambie primero tres cosas: abra una salida de aire alta y una entrada regulable, sin que el viento dé en los pollitos; pase a harina hasta el día 21; dé al menos seis horas seguidas de oscuridad desde la segunda semana. Mantenga la temperatura de guía, pues el frío aumenta la demanda de oxígeno tanto como el peso."},
  {"role":"user","content":"pero si abro se enfria y gasto mas gas"},
  {"role":"assistant","content":"Va a gastar algo más, aunque menos que lo que cuesta un 8 % de pollo terminado. Reduzca el área: críe los primeros diez días en un tercio del galpón, con un cielo raso bajo de polietileno y una ranura de salida, así calienta poco volumen. Ponga doble cortina del lado del viento y cama de 8 a 10 cm sobre el suelo frío. Un medidor de CO es barato y lo cuida también a usted; debería marcar menos de 10 ppm. Si alguna vez le duele la cabeza adentro, salga y ventile."},
  {"role":"user","content":"y restringir cuanto % de alimento sin que me salga chiquito el pollo?"},
  {"role":"assistant","content":"En su lugar no empezaría por un porcentaje. La harina ya le baja el consumo de forma natural, y las horas oscuras hacen el resto. Si aún muere más de 3 % por ascitis, ensaye en una parte del galpón a retirar el comedero unas horas por la noche entre los días 8 y 21, con agua siempre, y compare con el resto. El pollo compensa buena parte del peso si se le da una o dos semanas más. Programe la venta con esa edad. Además pregunte a su proveedor por líneas mejor adaptadas a altura."}
]$m$, 5, '2025-10-29T13:26:40Z', 'es', 'u-2459');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1d22b3fb-2b77-4494-8825-7a7bb4b14b84', $m$[
  {"role":"user","content":"68 semanas, lote de 30 mil ponedoras marrones, huevo sucio y roto 9 %. cáscara finita. ¿Más calcio?"},
  {"role":"assistant","content":"Más calcio, sí, aunque antes cuándo y en qué forma. A las 68 semanas la gallina absorbe peor y el huevo es más grande, así que la misma cáscara se reparte en más superficie. Llevá el consumo a unos 4,3 a 4,6 g diarios y que cerca de dos tercios sea conchilla o piedra gruesa de 2 a 4 mm, que queda en la molleja y se libera de noche, cuando se calcifica. Dale una comida fuerte a la tarde. Controlá fósforo, vitamina D3 y el peso medio del huevo."},
  {"role":"user","content":"el nutricionista dice que ya tiene 4,4. ¿entonces?"},
  {"role":"assistant","content":"Entonces buscá afuera de la fórmula. Pesá una bolsa y pasala por tamiz: en muchas plantas la piedra gruesa se segrega y las últimas filas comen puro finito. Seguí un mismo huevo desde el nido a la caja con un huevo sensor o marcando cada etapa, porque un 9 % suele esconder un golpe en el elevador o un cable flojo. Mirá si la rotura sube con el calor, cuando el jadeo le roba bicarbonato, y descartá bronquitis con serología si aparecen huevos pálidos o rugosos."}
]$m$, 4.5, '2026-03-19T17:07:29Z', 'es', 'u-2462');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('041405cf-b4a4-4a30-91be-26634cad5702', $m$[
  {"role":"user","content":"oiga se les esta cayendo toda la pluma a mis gallinas y dejaron de poner, tienen año y medio. estan enfermas?"},
  {"role":"assistant","content":"Año y medio y finales de septiembre cuadran con la muda natural: el día se acorta, la gallina apaga el ovario, tira la pluma empezando por cabeza y cuello, y la cambia en dos o tres meses. Está sana si come, anda activa y se ven los cañones nuevos como popotes. Cosa distinta sería piel enrojecida, zonas peladas sólo en lomo y cloaca, o aves tristes; ahí se buscan piojos, ácaros o el gallo."},
  {"role":"user","content":"les doy algo para q acabe pronto?"},
  {"role":"assistant","content":"La pluma es casi pura proteína, de manera que el apoyo va en el plato: su alimento de ponedora, o uno con 16 a 18 % de proteína, sin diluirlo con tortilla ni maíz quebrado. Unas semillas de girasol o algo de pescado cocido dos veces por semana no estorban. No las bañe ni las cargue mucho, que los cañones duelen y sangran. Concha de ostión aparte, para cuando vuelvan. Al regresar ponen huevos más grandes y de mejor cáscara que los de julio, aunque menos."}
]$m$, 4, '2025-09-30T18:55:06Z', 'es', 'u-2330');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1473ad16-dea0-408f-bfb1-3165699b0b41', $m$[
  {"role":"system","content":"Asesor de producción ecológica de la aplicación. Contesta de forma concreta y con la norma europea vigente."},
  {"role":"user","content":"Quiero pasar mi nave de 4000 gallinas camperas a ecológico, Teruel. Qué me cambia en espacio?"},
  {"role":"assistant","content":"Te cambia la densidad y el tamaño del grupo. El Reglamento (UE) 2020/464 limita a 6 gallinas por metro cuadrado de superficie utilizable, con 4 m² de parque por ave, y a 3.000 ponedoras por compartimento, de modo que tus 4.000 irían en dos lotes separados. Súmale 18 cm de percha por gallina y un nido por cada siete. La luz artificial puede completar el día hasta 16 horas, con un descanso nocturno continuo de ocho como mínimo. Antes de obras, pide visita a tu organismo de control."},
  {"role":"user","content":"y si enferman? me han dicho que solo un antibiotico al año"},
  {"role":"assistant","content":"Es algo más matizado. El Reglamento (UE) 2018/848 permite curar con medicamentos de síntesis, bajo receta, cuando lo demás no basta. Si un animal recibe más de tres tratamientos en doce meses, o más de uno cuando su vida productiva dura menos de un año, pierde la calificación y debe reconvertirse. Vacunas, antiparasitarios y erradicaciones obligatorias no cuentan. El tiempo de espera se duplica respecto al legal y, si fuera de cero días, se aplican 48 horas. Dejar sufrir a una gallina por no perder el sello tampoco está permitido."}
]$m$, 4.5, '2026-05-21T10:18:34Z', 'es', 'u-2478');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('278d2578-36a2-4156-bfce-f783961d57d3', $m$[
  {"role":"user","content":"Le di enrofloxacina a las ponedoras 5 días por una diarrea, me la vendió el de la forrajera. ¿desde cuándo puedo vender huevo?"},
  {"role":"assistant","content":"Deténgase antes de vender: la enrofloxacina no está indicada en gallinas que producen huevo para consumo, y en varios países está expresamente vedada. El fármaco pasa a la yema, que tarda unos diez días en formarse, y puede detectarse bastante después de la última dosis. No le voy a dar un número de días porque no hay retiro registrado al cual agarrarse. Aparte el huevo desde la primera toma, márquelo, y hable con un médico veterinario que pueda fijar un plazo amparado en un análisis de residuos."},
  {"role":"user","content":"híjole. y ya vendí tres días de huevo"},
  {"role":"assistant","content":"Avise a quien se lo compró y ofrézcale cambiarlo; si son pocos clientes todavía se puede recuperar. Anote fechas, dosis, número de gallinas y producto con lote, porque será lo primero que le pregunten. El riesgo principal no es una intoxicación sino las resistencias bacterianas y las alergias. Lo que sigue es averiguar la diarrea: una muestra fresca de heces y dos aves muertas recientes dicen más que otro frasco. Y en adelante, ningún antibiótico sin receta, dosis por peso y retiro escrito en la bitácora."}
]$m$, 5, '2025-11-08T19:40:12Z', 'es', 'u-2203');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('a17b2b4a-4bbc-4658-bedf-ff5a05391a71', $m$[
  {"role":"user","content":"profe nos dejaron calcular el IEP o factor de eficiencia. viabilidad 95.5, peso 2.7, edad 40, conversión 1.62. me da 3.98 algo hice mal?"},
  {"role":"assistant","content":"Casi lo tiene; le faltó multiplicar por cien. La fórmula es viabilidad en porcentaje por peso en kilos, dividido entre edad por conversión, y todo por 100. Queda 95,5 × 2,7 = 257,85; abajo 40 × 1,62 = 64,8; el cociente es 3,98 y el índice, 398. Es un buen lote. Cuide que el peso sea el de planta y no el de una muestra en granja, y que la viabilidad reste también los descartes."},
  {"role":"user","content":"y para el costo por kilo como hago? el alimento vale 2100 pesos el kilo en promedio"},
  {"role":"assistant","content":"Arranque por el alimento, que acostumbra a ser entre 60 y 70 % del total: 1,62 × 2.100 = 3.402 pesos por kilo de pollo vivo. Al pollito de un día divídalo entre los kilos que salen, no entre los que entran: si cuesta 2.800 y salen 2,58 kg por ave alojada (2,7 por 0,955), son 1.086. Luego sume gas, cama, vacunas, mano de obra, luz, agua, arriendo y mortalidad no cobrada, cada rubro sobre kilos vendidos. Para la tarea, muestre cuánto baja el costo si la conversión pasa a 1,57: unos 105 pesos por kilo."}
]$m$, 4, '2026-04-27T22:05:38Z', 'es', 'u-2447');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('191e1374-ebeb-4f65-923b-1e7524fce37d', $m$[
  {"role":"user","content":"hola, tengo 12 pavos con las gallinas en el mismo corral, Chaco. 3 muertos, caca amarillo azufre, tristes. uno tenia el higado con redondeles"},
  {"role":"assistant","content":"Hígado con redondeles hundidos y heces color azufre en pavos que conviven con gallinas: eso es histomoniasis, la cabeza negra. El parásito viaja dentro del huevo de un gusano cecal, *Heterakis gallinarum*, que la gallina lleva sin enfermarse y que sobrevive años en el suelo y en las lombrices de tierra. Separá hoy mismo a los pavos, en piso limpio y seco, lejos del corral viejo. Mandá un hígado con ciegos a un laboratorio para confirmarlo."},
  {"role":"user","content":"que remedio les doy?"},
  {"role":"assistant","content":"Remedio autorizado no hay, ni en la mayoría de los países quedan drogas permitidas para aves de consumo; los viejos nitroimidazoles se prohibieron por sus residuos. El veterinario puede tratar el gusano con un antihelmíntico benzimidazol y una infección sobreagregada, pero los pavos ya enfermos salen poco adelante, y conviene no alargarles la agonía. Lo que evita el próximo desastre es simple y cuesta alambre: pavos y gallinas nunca juntos ni en el mismo suelo, botas distintas, y desparasitar a las gallinas según análisis."}
]$m$, 4.5, '2026-01-22T20:48:03Z', 'es', 'u-2490');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('ea53ebb6-a66a-40de-b5bb-a3b645048cc9', $m$[
  {"role":"system","content":"Ayuda a criadores de traspatio en México. Usa un lenguaje sencillo."},
  {"role":"user","content":"mis patitos de 2 semanas caminan como borrachos y uno ya no se para, les doy alimento de pollo de engorda. son 8 muy bonitos no quiero q se mueran"},
  {"role":"assistant","content":"Muchas veces eso es falta de niacina, la vitamina B3. El pato la necesita más que el pollo: unos 55 mg por kilo de alimento, y las mezclas para pollito suelen quedarse cortas. Se les arquean las patas, se hincha el tarso y dejan de andar.\n\nConsiga hoy un complejo B para aves que incluya niacina y déselo en el agua según el sobre, o levadura de cerveza revuelta en la comida a diario. En uno a tres días los leves mejoran. Cambie a alimento para pato o súmele levadura hasta que emplumen. Quite el piso resbaloso, ponga tapete de hule y no deje que se empujen al comer. El que ya no se para que lo vea un médico veterinario, porque una fractura, una infección o el botulismo se parecen."}
]$m$, 5, '2026-06-03T16:22:55Z', 'es', 'u-2503');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('4634fea0-f47f-4ef0-bd6a-996a239595c7', $m$[
  {"role":"user","content":"quiero sacar pintadas con incubadora pequeña, alguien me dijo que no es igual que la gallina"},
  {"role":"assistant","content":"Se parece, pero tarda más: de 26 a 28 días, frente a los 21 de la gallina. La cáscara es muy dura y gruesa, con lo que la humedad de los últimos tres días importa bastante; súbela y no abras. Deja de voltear al pasar a nacedora. Los pintaditos nacen nerviosos y se enfrían rápido: unos 35 °C bajo la lámpara, y bebedero con canicas, porque se ahogan en un dedo de agua. El pienso, de arranque para pavo, con 24 a 26 % de proteína. Comprueba que no lleve monensina, que les resulta tóxica. ¿Tienes ya los huevos, o vas a comprarlos?"},
  {"role":"user","content":"los tengo de mis 2 pintadas y un macho, llevo 15 guardados en la despensa desde hace dos semanas, sirven?"}
]$m$, 4, '2026-07-30T12:39:46Z', 'es', 'u-2515');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('5c20c369-d1e4-4706-b709-d083a40551ad', $m$[
  {"role":"user","content":"Reproductoras pesadas, semana 48, la fertilidad bajó de 93 a 86 en ovoscopia. Lambayeque. Machos al 8 %. Qué reviso primero?"},
  {"role":"assistant","content":"Revise primero a los machos, uno por uno, en tres galpones. Puntúe pechuga, patas y cloaca: un macho que cubre tiene la cloaca húmeda, rojiza y con plumas gastadas alrededor. Los sobrepesados de pecho abultado, los flacos y los de planta lesionada salen. Cuente cuántos útiles le quedan de verdad; con frecuencia el 8 % de papel es un 6 % real. Luego pese machos y hembras del mismo corral, porque si el macho come en el comedero de ella se pasa de peso en dos semanas."},
  {"role":"user","content":"útiles 6.1 %. machos 400 g encima de la guía, se meten a comer con las hembras las rejillas están abiertas"},
  {"role":"assistant","content":"Eso explica la caída. Arregle la exclusión antes que nada: rejilla a la medida de la cabeza de sus machos, comedero de macho a una altura que la hembra no alcance, y reparto a los machos unos minutos después. A los gordos no les quite comida de golpe, pues pierden testículo; frene su ganancia durante tres o cuatro semanas. En paralelo valore el recambio con machos jóvenes, de 25 semanas o más, con maduración sexual y peso correctos, en proporción suficiente para volver a 8 %."},
  {"role":"user","content":"y bioseguridad de meter machos jóvenes? ya nos pasó que entró micoplasma"},
  {"role":"assistant","content":"Hace bien en desconfiar. Traiga machos solo de un lote del que tenga serología y PCR negativas a *Mycoplasma gallisepticum* y *M. synoviae*, salmonelas e influenza, tomadas como máximo dos semanas antes. Aíslelos, repita el muestreo pasadas tres semanas y entre todos en un único día, al oscurecer, repartidos por el galpón. Existe además el intercambio entre naves de la misma granja, que no introduce nada nuevo y estimula la monta casi igual unas semanas. Con su antecedente, yo intentaría eso primero."}
]$m$, 4.5, '2025-12-10T09:16:27Z', 'es', 'u-2526');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1a864a3f-5afa-40cd-96bc-8b6a19acd298', $m$[
  {"role":"user","content":"termino un lote de 8 mil ponedoras a la semana 90 en noviembre, ¿cómo organizo el vaciado sin que sea un desastre? San Pedro, Bs As"},
  {"role":"assistant","content":"Reservá frigorífico o comprador con dos o tres meses, que para gallina liviana hay pocos. Dos semanas antes dejá de comprar alimento de más y calculá los silos para llegar casi en cero. Pedí el documento de tránsito de SENASA con los datos del lote y confirmá que no queden retiros de medicamentos. La carga, de noche y por filas, jaula a jaula: los huesos de una ponedora vieja se quiebran con facilidad, así que de las dos patas y sosteniendo el pecho, sin colgarlas en racimo."},
  {"role":"user","content":"y las q no aguantan el viaje?"},
  {"role":"assistant","content":"Las que no caminan, tienen un hueso roto o están muy flacas no deben subir al camión. Se sacrifican en la granja, por personal entrenado y con un método aprobado, como la dislocación cervical hecha de a una o un aturdidor de perno para aves; que tu veterinario lo supervise. Anotá cuántas fueron. Después van al compost o a donde tu provincia permita, nunca a un pozo abierto ni a los perros."}
]$m$, 4, '2026-08-14T13:02:08Z', 'es', 'u-2462');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d6152ac5-8f3e-483d-b77c-fbb7eed1d544', $m$[
  {"role":"system","content":"Responde con pasos cortos. El usuario tiene pocas aves y usa el teléfono en el campo."},
  {"role":"user","content":"que debo apuntar en mi cuaderno de granja? nunca he llevado nada, 200 pollos"},
  {"role":"assistant","content":"Una hoja por lote, una fila por día. Arriba: fecha de llegada, cuántos llegaron, de quién, peso inicial.\n\nCada día:\n- muertos y descartados, con la causa que usted cree;\n- kilos de alimento servidos;\n- litros de agua;\n- temperatura mínima y máxima;\n- lo raro: visita, corte de luz, cambio de costal.\n\nCada semana pese 20 pollos sin escogerlos. Aparte, lleve una lista de vacunas y medicinas con fecha, dosis, lote y días de retiro. Al vender, sume: kilos de alimento entre kilos vendidos. Ese número, comparado lote con lote, vale más que cualquier consejo."}
]$m$, 4, '2026-02-17T08:44:36Z', 'es', 'u-2188');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('e2576982-7eaf-403b-b417-64dd54701b24', $m$[
  {"role":"user","content":"arranco con galpón cerrado en Olavarría, 20.000 pollos, heladas de -5. ¿cómo calculo la ventilación mínima?"},
  {"role":"assistant","content":"Partí del peso, no de la temperatura. Una regla usada es 0,7 m³ por hora por cada kg elevado a 0,75. Con pollos de 500 g da 0,42 m³/h por cabeza, unos 8.350 para los 20.000. Si tu extractor mueve 18.000 m³/h, tiene que andar algo menos de la mitad del tiempo: 2 minutos 20 segundos de cada cinco."},
  {"role":"user","content":"y con pollito bb?"},
  {"role":"assistant","content":"El mismo cálculo con 45 g da cerca de 0,07 m³/h, o sea 1.370 en total y unos 23 segundos de cada cinco minutos. Tan poco tiempo apenas deja abrir las entradas de aire, por lo que conviene un extractor más chico o ninguna marcha menor a 30 segundos. Son pisos teóricos: mandan la humedad y los gases que midas."},
  {"role":"user","content":"qué humedad y qué gases busco entonces"},
  {"role":"assistant","content":"Humedad entre 60 y 70 % los tres primeros días, y después entre 50 y 60. Amoníaco abajo de 10 ppm, que ya no se huele; dióxido de carbono, menos de 3.000; monóxido, menos de 10. Medí a la altura del pollo, de madrugada, al fondo y en el medio. Si alguno se pasa, agregá segundos al ciclo antes de tocar la calefacción."},
  {"role":"user","content":"prendo y el aire frio cae encima de los pollitos, se corren todos"},
  {"role":"assistant","content":"Te falta presión negativa o te sobran entradas abiertas. Cerrá la mitad de las ventanitas y buscá entre 20 y 30 pascales con el extractor en marcha, de modo que el chorro viaje pegado al techo hasta la cumbrera y baje ya tibio. Se ve con una bomba de humo o con cintas colgadas. Abertura mínima de unos tres centímetros; con una rendija el aire se desploma."},
  {"role":"user","content":"no llego ni a 12 pascales con todo cerrado"},
  {"role":"assistant","content":"Ahí el problema es estanqueidad. Entrá de día con las luces apagadas y marcá cada rayo de sol: cortinas, zócalo, persianas de los extractores grandes, pasacables. Sellá con espuma y film los de túnel, que en invierno no usás. Repetí la prueba con un extractor: un galpón decente pasa los 37 Pa. Sin eso vas a quemar gas para calentar Olavarría."}
]$m$, 5, '2026-07-02T11:35:18Z', 'es', 'u-2537');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('83c5f618-d224-462e-85ed-4f62b6e790d8', $m$[
  {"role":"user","content":"huevos deformes con la punta arrugada y clara aguada, postura bajó 8 puntos, algunas estornudan. 45 sem. Tepatitlán"},
  {"role":"assistant","content":"Clara aguada con cáscara arrugada y estornudos suaves hacen pensar en bronquitis infecciosa, que lesiona el oviducto. Para probarlo, hisopos traqueales y cloacales de los primeros días para PCR con secuenciación, más sueros ahora y otros a las tres semanas. El síndrome de baja postura da huevo sin cáscara, pero respeta la clara, y con Newcastle o influenza suele haber más daño general: sus muestras deben descartar ambos."},
  {"role":"user","content":"se recupera la postura? y las revacuno ya?"},
  {"role":"assistant","content":"La cifra de postura suele volver en seis a ocho semanas, casi hasta la curva, mientras la calidad de clara y cáscara puede quedar tocada el resto del ciclo. Revacunar en plena enfermedad agrega otra reacción respiratoria; espere a que se calme y al resultado, porque el serotipo dirá si su vacuna actual cubre. Muchas empresas refuerzan con viva cada seis a diez semanas en puesta. Revise además si hubo falla de cadena fría."}
]$m$, 4, '2026-04-02T15:27:43Z', 'es', 'u-2548');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('1cada0d9-a5b7-4f24-8f95-9a39b1dba9a2', $m$[
  {"role":"user","content":"una de mis gallinas tiene el buche como una pelota de tenis y dura, no come desde ayer"},
  {"role":"assistant","content":"Parece un empacho de buche. Sepárala esta noche solo con agua y tócalo mañana antes de dar nada: un buche sano se vacía durmiendo. Si amanece igual de lleno y duro, hay un tapón, a menudo de hierba larga o paja. ¿Le huele mal el pico? ¿Hace cacas?"},
  {"role":"user","content":"sigue dura por la mañana, no huele. caca poquita y verde"},
  {"role":"assistant","content":"Sin mal olor, es impactación más que fermentación. Dale con jeringuilla unos mililitros de agua tibia, gota a gota por el lado del pico y con la cabeza en su postura natural, para que no aspire. Luego masajea con suavidad, en círculos, cinco minutos, cuatro veces al día, deshaciendo el bolo. Nada de pan ni de grano."},
  {"role":"user","content":"le doy aceite? la pongo boca abajo para que vomite?"},
  {"role":"assistant","content":"Boca abajo no, por favor: pueden ahogarse con lo que refluye, y es la causa de muerte más tonta en esto. Un mililitro de aceite de oliva mezclado con el agua puede ayudar a lubricar, sin repetirlo más de dos veces. Si entra algo en la tráquea respirará con ruido; en tal caso para y llama."},
  {"role":"user","content":"tercera vez de masaje y creo q esta mas blandito. cuanto espero"},
  {"role":"assistant","content":"Buena señal. Espera hasta mañana por la tarde como mucho: al cumplirse 48 horas sin vaciar y sin comer, o si se tambalea, necesita un veterinario de aves, que puede abrir el buche con anestesia local y limpiarlo en media hora. Si esta noche baja a la mitad, ofrécele yema cocida o pienso muy remojado, una cucharadita."},
  {"role":"user","content":"se vacióoo! 😀 como evito que vuelva a pasar"},
  {"role":"assistant","content":"¡Qué alivio! Tres días de papilla de pienso y vuelta gradual a lo normal. Corta la hierba del corral, que la que pasa de un palmo se enreda, retira cuerdas y plásticos, y ten siempre arenilla insoluble en un cuenco. Vigila el buche al anochecer y al amanecer una semana. Si recae, el músculo quedó estirado, o hay detrás Marek o un problema en la molleja, y convendrá una exploración."}
]$m$, 4.5, '2026-05-29T21:08:26Z', 'es', 'u-2291');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('df0f50e4-ed70-4f7b-b228-ea8f5f95dd4a', $m$[
  {"role":"user","content":"pollos con plumas mojadas alrededor de la cloaca y piso lleno de pasto suelto de agua, 20 dias. es por el alimento?"},
  {"role":"assistant","content":"Puede ser por el alimento o por otras causas. Es importante mantener una buena alimentación y buen manejo para que las aves estén sanas."},
  {"role":"user","content":"pero q reviso??"},
  {"role":"assistant","content":"Revise el manejo general de la granja y consulte con un profesional. Cada granja es distinta."}
]$m$, 1, '2025-10-12T17:33:10Z', 'es', 'u-2419');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('13a5fca3-6c6b-4610-802f-21b22c1cb074', $m$[
  {"role":"user","content":"Pollitas de 8 días, ¿hay que recortarles el pico o se puede evitar? Son 1.500 camperas."},
  {"role":"assistant","content":"Se puede evitar."},
  {"role":"user","content":"¿Cómo?"},
  {"role":"assistant","content":"Con buen manejo y menos luz."}
]$m$, 2, '2026-01-06T10:51:22Z', 'es', 'u-2515');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('823a450f-ba8b-4cf4-9c70-6a523f7acc79', $m$[
  {"role":"user","content":"necesito saber cuantos bebederos tipo campana por cada 1000 pollos de 4 semanas"},
  {"role":"assistant","content":"Los bebederos son una parte fundamental de la historia de la avicultura. Al principio se usaban canaletas de madera o de chapa; luego llegaron los de campana y, a partir de los años setenta, la tetina. Cada sistema tiene ventajas: la campana se ve desde lejos y permite beber con el gesto natural, mientras que la tetina mantiene el agua más limpia. En la actualidad hay modelos de varios colores."},
  {"role":"user","content":"no te pregunté la historia. cuántos?"},
  {"role":"assistant","content":"Depende del fabricante; en el catálogo suele figurar. Elija un color rojo, que llama la atención de los pollitos."}
]$m$, 3, '2026-06-25T19:24:05Z', 'es', 'u-2490');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('3b9305f7-cb79-4158-9a07-c135754ea745', $m$[
  {"role":"user","content":"cuantos nidos necesito para 60 gallinas de piso y donde los pongo"},
  {"role":"assistant","content":"Con nidos individuales, uno por cada siete gallinas es el mínimo que pide la norma europea, así que haga nueve, o diez por comodidad. Si prefiere uno colectivo, medio metro cuadrado alcanza de sobra, ya que se calcula un metro por cada 120. Póngalos en la parte más oscura, lejos de la puerta, con el piso acolchado de cascarilla seca y un travesaño para subir. Instálelos un par de semanas antes del primer huevo y ciérrelos de noche, para que no duerman adentro y los ensucien."}
]$m$, 4.5, '2025-12-28T12:18:59Z', 'es', 'u-2231');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('c6ba4aae-b947-4f77-b9af-c6d99485e753', $m$[
  {"role":"user","content":"las sobras de la comida de casa, se las puedo echar a las gallinas? mi abuela lo hacia toda la vida"},
  {"role":"assistant","content":"Lo hacía todo el mundo, pero en la Unión Europea hoy no está permitido: el Reglamento (CE) 1069/2009 prohíbe dar restos de cocina a animales de granja, y un gallinero de autoconsumo entra ahí. El motivo es sanitario, por virus que viajan en carne y huevo crudos. Sí puedes darles verdura de la huerta que no haya pasado por la cocina: acelgas, lechuga espigada, calabaza. Nunca aguacate, que les daña el corazón, ni patata verde, chocolate o algo salado. Y que el pienso siga siendo el plato principal."}
]$m$, 4.5, '2026-03-11T20:26:47Z', 'es', 'u-2312');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('d8536625-ea37-45a0-857a-b58063826ddf', $m$[
  {"role":"user","content":"a los gallitos les salieron granos con costra en la cresta y los parpados, algunos no ven. es contagioso? Piura, hay mucho zancudo"},
  {"role":"assistant","content":"Los granos con costra en piel sin plumas, en tierra de zancudos, hacen pensar en viruela aviar en su forma seca. Se contagia por picadura y por las costras que caen, despacio, durante semanas. Abra el pico de algunos: placas amarillentas en la garganta señalan la forma húmeda, que asfixia. No es la varicela de los niños ni se pega a la gente."},
  {"role":"user","content":"q le pongo a los granos? y los demas se vacunan?"},
  {"role":"assistant","content":"Contra el virus no hay remedio. Limpie párpados con suero fisiológico, dé de comer y beber en la mano al que no ve, y no arranque costras. Yodo diluido solo en la cresta, lejos del ojo. Los que aún están sanos pueden vacunarse por punción en el ala si son pocos los afectados, y a la semana verá la costrita de prendimiento. Ponga mosquitero y vacíe los charcos."}
]$m$, NULL, '2025-11-30T14:09:38Z', 'es', 'u-2526');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('9577791b-8905-45c2-b70a-bcfc3045d6ba', $m$[
  {"role":"user","content":"puse 24 huevos criollos en la incubadora y solo nacieron 6, los otros tenian el pollito formado muerto. incubadora casera con bombillo"},
  {"role":"assistant","content":"Embriones completos que mueren antes de picar se relacionan con los últimos días: humedad mal llevada, poco aire o temperatura algo pasada. En incubadora sin ventilador se mide a la altura de la parte alta del huevo y se busca cerca de 38,5 °C; con ventilador, 37,5 a 37,8. ¿Cuántas vueltas les daba al día y qué humedad tenía al final?"},
  {"role":"user","content":"38.9 arriba, volteo 2 veces, humedad nunca medi"},
  {"role":"assistant","content":"Un poco caliente, poco volteo y humedad a ciegas. Ajuste el bombillo con un termostato, voltee de tres a cinco veces, siempre impar, y pare el día 18. Consiga un higrómetro: entre 50 y 55 % hasta ese día, y de 65 a 70 % de ahí al nacimiento, sin destapar. Guarde los huevos menos de una semana, en sitio fresco y con la punta hacia abajo."}
]$m$, NULL, '2026-04-13T22:31:14Z', 'es', 'u-2435');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('694cea5d-2428-4f33-a01c-fffbf4935ad4', $m$[
  {"role":"user","content":"cuantos gramos de alimento come una gallina al dia y a qué hora se le da"},
  {"role":"assistant","content":"Una ponedora comercial ligera o semipesada come entre 105 y 120 gramos al día en clima templado; en calor baja y con frío sube. Lo práctico es repartir dos veces: un tercio temprano y dos tercios por la tarde, porque de noche forma la cáscara y necesita el calcio. Deje que el comedero quede casi vacío a mediodía."},
  {"role":"user","content":"las mias son de rancho y andan sueltas, tambien 120?"},
  {"role":"assistant","content":"Las sueltas consiguen parte por su cuenta, de modo que 80 a 100 gramos de alimento pueden bastarles en temporada de lluvias, y en secas necesitarán más. Guíese por el cuerpo: toque la quilla, y si se siente filosa, aumente. Las criollas ponen menos y no desquitan una ración completa de granja."}
]$m$, 3.5, '2026-02-26T09:07:53Z', 'es', 'u-2278');

INSERT INTO conversations (conversation_id, messages, rating, created_at, language, user_id) VALUES
('54b1c39e-6d10-42f0-a9e1-3d88cca20702', $m$[
  {"role":"user","content":"Tengo ratas en el almacén de pienso de la granja, veneno puse y siguen"},
  {"role":"assistant","content":"Antes de poner más cebo quita la despensa: pienso derramado a diario, sacos sobre palés separados de la pared, tapas en los silos. Sella huecos mayores de 6 mm con malla metálica o cemento, que un ratón cabe por ahí, y despeja una franja de grava sin hierba alrededor. Los portacebos van pegados a la pared, cada 10 o 15 metros, numerados en un plano, y se revisan cada semana."},
  {"role":"user","content":"comen el cebo y no mueren, habrá resistencia?"},
  {"role":"assistant","content":"Puede haberla, aunque lo más común es que coman poco de cada estación o que entren otras desde fuera. Anota el consumo por portacebos un mes; si todos se vacían, falta cantidad, y si solo uno, ahí está la madriguera. Un aplicador autorizado puede cambiar la materia activa o combinar trampas. No subas tú la dosis ni lo eches suelto, que mata lechuzas y perros."}
]$m$, 3.9, '2026-09-05T18:43:29Z', 'es', 'u-2402');

