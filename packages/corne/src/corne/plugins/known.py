"""Which first-party distribution provides which name.

So that a name whose package is absent says which to install, and so that no other plugin takes one over.
``corne plugins stubs --first-party`` writes this file; a test fails when it drifts from the plugins.
"""

from __future__ import annotations

#: Our own plugins, whether they register a known name or not.
FIRST_PARTY = frozenset(
    {
        "corne-activations",
        "corne-applications",
        "corne-attention",
        "corne-callbacks",
        "corne-checkpoints",
        "corne-audio",
        "corne-conv",
        "corne-cpu",
        "corne-cuda",
        "corne-data",
        "corne-images",
        "corne-keras",
        "corne-layers",
        "corne-losses",
        "corne-metrics",
        "corne-numerics",
        "corne-numpy",
        "corne-optimizers",
        "corne-preprocessing",
        "corne-recurrent",
        "corne-sklearn",
        "corne-torch",
        "corne-safetensors",
        "corne-visualization",
    }
)

#: ``{kind: {distribution: names}}``
NAMES: dict[str, dict[str, str]] = {
    "layers": {
        "corne-applications": "CustomScaleLayer LayerScale StochasticDepth",
        "corne-attention": "AdditiveAttention Attention EinsumDense GroupQueryAttention MultiHeadAttention",
        "corne-audio": "MelSpectrogram STFTSpectrogram",
        "corne-conv": (
            "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D "
            "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D AveragePooling1D "
            "AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Conv1D Conv1DTranspose "
            "Conv2D Conv2DTranspose Conv3D Conv3DTranspose Convolution1D Convolution1DTranspose "
            "Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D "
            "Cropping2D Cropping3D DepthwiseConv1D DepthwiseConv2D GlobalAveragePooling1D "
            "GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D "
            "GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D "
            "GlobalMaxPooling2D GlobalMaxPooling3D MaxPool1D MaxPool2D MaxPool3D MaxPooling1D "
            "MaxPooling2D MaxPooling3D SeparableConv1D SeparableConv2D SeparableConvolution1D "
            "SeparableConvolution2D UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D "
            "ZeroPadding3D"
        ),
        "corne-images": (
            "AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix "
            "Equalization MaxNumBoundingBoxes MixUp RandAugment RandomBrightness RandomColorDegeneration "
            "RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip "
            "RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective "
            "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
            "RandomTranslation RandomZoom Resizing Solarization"
        ),
        "corne-layers": (
            "Activation ActivityRegularization Add AlphaDropout Average BatchNormalization Concatenate "
            "Dense Dot Dropout ELU Embedding Flatten GaussianDropout GaussianNoise GroupNormalization "
            "Identity Lambda LayerNormalization LeakyReLU Masking Maximum Minimum Multiply PReLU Permute "
            "RMSNormalization ReLU RepeatVector Reshape ReversibleEmbedding Softmax SpatialDropout1D "
            "SpatialDropout2D SpatialDropout3D SpectralNormalization Subtract UnitNormalization add "
            "average concatenate dot maximum minimum multiply subtract"
        ),
        "corne-preprocessing": (
            "CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup Normalization Pipeline "
            "Rescaling StringLookup TextVectorization"
        ),
        "corne-recurrent": (
            "Bidirectional ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU GRUCell LSTM LSTMCell RNN SimpleRNN "
            "SimpleRNNCell StackedRNNCells TimeDistributed Wrapper"
        ),
        "corne-torch": "TorchModuleWrapper",
    },
    "activations": {
        "corne-activations": (
            "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh "
            "leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink "
            "softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh "
            "tanh_shrink threshold"
        ),
        "corne-keras": "legacy_hard_sigmoid",
    },
    "losses": {
        "corne-losses": (
            "BCE BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy "
            "CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle "
            "CosineSimilarity Dice Hinge Huber KLD KLDivergence LogCosh MAE MAPE MSE MSLE "
            "MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError "
            "Poisson SparseCategoricalCrossentropy SquaredHinge Tversky bce binary_crossentropy "
            "binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy "
            "categorical_generalized_cross_entropy categorical_hinge circle cosine_similarity dice hinge "
            "huber kl_divergence kld log_cosh mae mape mean_absolute_error mean_absolute_percentage_error "
            "mean_squared_error mean_squared_logarithmic_error mse msle poisson "
            "sparse_categorical_crossentropy squared_hinge tversky"
        ),
    },
    "metrics": {
        "corne-metrics": (
            "AUC Accuracy BCE BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy "
            "CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score "
            "FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError MAE MAPE MSE "
            "MSLE MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanSquaredError "
            "MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision "
            "PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError "
            "SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy "
            "SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum "
            "TopKCategoricalAccuracy TrueNegatives TruePositives bce binary_accuracy binary_crossentropy "
            "binary_focal_crossentropy categorical_accuracy categorical_crossentropy "
            "categorical_focal_crossentropy categorical_hinge concordance_correlation hinge huber "
            "kl_divergence log_cosh mae mape mean_absolute_error mean_absolute_percentage_error "
            "mean_squared_error mean_squared_logarithmic_error mse msle pearson_correlation poisson "
            "sparse_categorical_accuracy sparse_categorical_crossentropy "
            "sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy"
        ),
    },
    "optimizers": {
        "corne-optimizers": (
            "Adadelta Adafactor Adagrad Adam AdamW Adamax CosineDecay CosineDecayRestarts "
            "ExponentialDecay Ftrl InverseTimeDecay Lamb Lion LossScaleOptimizer Muon Nadam "
            "PiecewiseConstantDecay PolynomialDecay RMSprop SGD ScheduleFreeAdamW adadelta adafactor "
            "adagrad adam adamax adamw ftrl lamb lion lossscaleoptimizer muon nadam rmsprop "
            "schedulefreeadamw sgd"
        ),
    },
    "callbacks": {
        "corne-callbacks": (
            "CSVLogger EarlyStopping LambdaCallback LearningRateScheduler ModelCheckpoint MonitorCallback "
            "ReduceLROnPlateau TerminateOnNaN"
        ),
        "corne-checkpoints": "BackupAndRestore",
    },
    "applications": {
        "corne-applications": (
            "ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169 "
            "DenseNet201 EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 "
            "EfficientNetB5 EfficientNetB6 EfficientNetB7 EfficientNetLite0 EfficientNetLite1 "
            "EfficientNetLite2 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 "
            "EfficientNetV2L EfficientNetV2M EfficientNetV2S InceptionResNetV2 InceptionV3 MobileNet "
            "MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetLarge NASNetMobile ResNet101 ResNet101V2 "
            "ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16 VGG19 Xception"
        ),
    },
    "backends": {
        "corne-cpu": "cpu",
        "corne-cuda": "cuda",
        "corne-numpy": "numpy",
    },
    "readers": {
        "corne-audio": ".flac .mp3 .ogg .wav",
        "corne-images": ".bmp .gif .jpeg .jpg .png .tif .tiff .webp",
    },
    "weight_formats": {
        "corne-safetensors": ".safetensors",
    },
    "names": {
        "corne-applications": (
            "applications.convnext.ConvNeXtBase applications.convnext.ConvNeXtLarge "
            "applications.convnext.ConvNeXtSmall applications.convnext.ConvNeXtTiny "
            "applications.convnext.ConvNeXtXLarge applications.convnext.decode_predictions "
            "applications.convnext.preprocess_input applications.densenet.DenseNet121 "
            "applications.densenet.DenseNet169 applications.densenet.DenseNet201 "
            "applications.densenet.decode_predictions applications.densenet.preprocess_input "
            "applications.efficientnet.EfficientNetB0 applications.efficientnet.EfficientNetB1 "
            "applications.efficientnet.EfficientNetB2 applications.efficientnet.EfficientNetB3 "
            "applications.efficientnet.EfficientNetB4 applications.efficientnet.EfficientNetB5 "
            "applications.efficientnet.EfficientNetB6 applications.efficientnet.EfficientNetB7 "
            "applications.efficientnet.decode_predictions applications.efficientnet.preprocess_input "
            "applications.efficientnet_lite.EfficientNetLite0 "
            "applications.efficientnet_lite.EfficientNetLite1 "
            "applications.efficientnet_lite.EfficientNetLite2 "
            "applications.efficientnet_lite.decode_predictions "
            "applications.efficientnet_lite.preprocess_input "
            "applications.efficientnet_v2.EfficientNetV2B0 applications.efficientnet_v2.EfficientNetV2B1 "
            "applications.efficientnet_v2.EfficientNetV2B2 applications.efficientnet_v2.EfficientNetV2B3 "
            "applications.efficientnet_v2.EfficientNetV2L applications.efficientnet_v2.EfficientNetV2M "
            "applications.efficientnet_v2.EfficientNetV2S applications.efficientnet_v2.decode_predictions "
            "applications.efficientnet_v2.preprocess_input applications.imagenet_utils.decode_predictions "
            "applications.imagenet_utils.preprocess_input "
            "applications.inception_resnet_v2.InceptionResNetV2 "
            "applications.inception_resnet_v2.decode_predictions "
            "applications.inception_resnet_v2.preprocess_input applications.inception_v3.InceptionV3 "
            "applications.inception_v3.decode_predictions applications.inception_v3.preprocess_input "
            "applications.mobilenet.MobileNet applications.mobilenet.decode_predictions "
            "applications.mobilenet.preprocess_input applications.mobilenet_v2.MobileNetV2 "
            "applications.mobilenet_v2.decode_predictions applications.mobilenet_v2.preprocess_input "
            "applications.mobilenet_v3.MobileNetV3Large applications.mobilenet_v3.MobileNetV3Small "
            "applications.mobilenet_v3.decode_predictions applications.mobilenet_v3.preprocess_input "
            "applications.nasnet.NASNetLarge applications.nasnet.NASNetMobile "
            "applications.nasnet.decode_predictions applications.nasnet.preprocess_input "
            "applications.resnet.ResNet101 applications.resnet.ResNet152 applications.resnet.ResNet50 "
            "applications.resnet.decode_predictions applications.resnet.preprocess_input "
            "applications.resnet50.ResNet50 applications.resnet50.decode_predictions "
            "applications.resnet50.preprocess_input applications.resnet_v2.ResNet101V2 "
            "applications.resnet_v2.ResNet152V2 applications.resnet_v2.ResNet50V2 "
            "applications.resnet_v2.decode_predictions applications.resnet_v2.preprocess_input "
            "applications.vgg16.VGG16 applications.vgg16.decode_predictions "
            "applications.vgg16.preprocess_input applications.vgg19.VGG19 "
            "applications.vgg19.decode_predictions applications.vgg19.preprocess_input "
            "applications.xception.Xception applications.xception.decode_predictions "
            "applications.xception.preprocess_input"
        ),
        "corne-data": "utils.get_file",
        "corne-images": (
            "preprocessing.image.array_to_img preprocessing.image.img_to_array "
            "preprocessing.image.load_img preprocessing.image.save_img preprocessing.image.smart_resize "
            "utils.array_to_img utils.bounding_boxes.affine_transform "
            "utils.bounding_boxes.clip_to_image_size utils.bounding_boxes.compute_ciou "
            "utils.bounding_boxes.compute_iou utils.bounding_boxes.convert_format "
            "utils.bounding_boxes.crop utils.bounding_boxes.decode_deltas_to_boxes "
            "utils.bounding_boxes.encode_box_to_deltas utils.bounding_boxes.pad utils.img_to_array "
            "utils.load_img utils.save_img"
        ),
        "corne-preprocessing": "utils.ngrams",
        "corne-sklearn": "wrappers.SKLearnClassifier wrappers.SKLearnRegressor wrappers.SKLearnTransformer",
        "corne-torch": "utils.to_torch",
        "corne-visualization": (
            "utils.plot_model visualization.draw_bounding_boxes visualization.draw_segmentation_masks "
            "visualization.plot_bounding_box_gallery visualization.plot_image_gallery "
            "visualization.plot_segmentation_mask_gallery"
        ),
    },
    "ops": {
        "corne-numerics": (
            "allclose append argpartition array associative_scan average bartlett bitwise_invert "
            "bitwise_left_shift bitwise_not bitwise_right_shift blackman cbrt cdist cholesky "
            "cholesky_inverse conj copy corrcoef correlate ctc_decode ctc_loss depth_to_space det "
            "diagflat diff dsplit dstack eig eigh exp2 extract_sequences fabs fft fft2 fliplr flipud fmax "
            "fmin fmod fold gcd geomspace hamming hanning heaviside histogram hsplit i0 ifft2 "
            "image.affine_transform image.crop_images image.elastic_transform image.extract_patches "
            "image.extract_patches_3d image.gaussian_blur image.hsv_to_rgb image.map_coordinates "
            "image.pad_images image.perspective_transform image.rgb_to_grayscale image.rgb_to_hsv "
            "image.scale_and_translate image.sobel_edges image.ssim inv irfft isin isneginf isposinf "
            "isreal istft jvp kaiser kron lcm ldexp logaddexp2 logdet lstsq lu_factor matrix_rank "
            "nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile "
            "nanprod nanquantile nanstd nansum nanvar nextafter percentile pinv polar psnr ptp rearrange "
            "rfft rot90 saturate_cast segment_min segment_prod select signbit sinc slogdet solve "
            "solve_triangular space_to_depth stft svd trapezoid unfold unique unravel_index vander "
            "vectorize view view_as_complex view_as_real vsplit"
        ),
    },
    "weights": {
        "corne-applications": "EfficientNetLite0/imagenet EfficientNetLite1/imagenet EfficientNetLite2/imagenet",
    },
}

#: ``{kind: {name: distribution}}``
OWNERS: dict[str, dict[str, str]] = {
    kind: {name: distribution for distribution, names in table.items() for name in names.split()}
    for kind, table in NAMES.items()
}
